using Chronik.Storage.Segments;

namespace Chronik.Storage.Producers;

/// <summary>A transaction that holds the last stable offset back: open, or ended by a marker that is not durable yet.</summary>
/// <param name="FirstOffset">Its first record.</param>
/// <param name="Start">Where that lies, if it is known.</param>
/// <param name="MarkerOffset">Its marker's offset, or -1 while it is open.</param>
internal readonly record struct UnstableTransaction(long FirstOffset, LogPosition? Start, long MarkerOffset)
{
    public bool IsOpen => MarkerOffset < 0;

    /// <summary>Its marker may lie in damage behind it, so nobody may ever end it: who waits for that must be told.</summary>
    public bool MayHaveEnded { get; init; }
}
