namespace Chronik.Storage.Log;

/// <summary>A transaction that ended in an abort, as a read_committed consumer needs it (KIP-98).</summary>
/// <param name="ProducerId">Whose it was.</param>
/// <param name="FirstOffset">The first offset of the transaction in this partition.</param>
public readonly record struct AbortedTransaction(long ProducerId, long FirstOffset);
