namespace Chronik.Storage.Verification;

/// <summary>A stretch of a segment file, from one batch boundary to the next that is known.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Where it starts.</param>
/// <param name="End">Where the next starts.</param>
/// <param name="ExpectedOffset">The offset behind what came before.</param>
/// <param name="NextOffset">The offset behind it; of a tail what its header claims, or the expected one.</param>
/// <param name="Header">Of batches only.</param>
internal readonly record struct LogPart(
    LogPartKind Kind, long Position, long End, long ExpectedOffset, long NextOffset, BatchHeader Header)
{
    /// <summary>The offsets in front of a batch that are not there.</summary>
    public bool HasGap => Kind == LogPartKind.Batch && Header.BaseOffset > ExpectedOffset;
}
