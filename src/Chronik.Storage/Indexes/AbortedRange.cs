namespace Chronik.Storage.Indexes;

/// <summary>An aborted transaction's place in the log.</summary>
/// <param name="ProducerId">Whose it was.</param>
/// <param name="FirstOffset">Its first record.</param>
/// <param name="LastOffset">Its marker.</param>
/// <param name="LastStableOffset">The last stable offset once the marker was written.</param>
internal readonly record struct AbortedRange(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset);
