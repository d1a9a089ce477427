using Chronik.Storage.Log;

namespace Chronik.Storage.Segments;

/// <summary>
/// What was asked for lies, also in part, in bytes that the disk does not give. That is no verdict on them: they are read again when they
/// are asked for again. It was told in the log.
/// </summary>
internal sealed class UnreadableRangeException(LogPosition start, DamagedRange range, IOException? cause)
    : IOException($"{start.Segment.File.Path}: bytes {range.Position} to {range.End} cannot be read.", cause)
{
    /// <summary>Where they start: what is in front of it can be read.</summary>
    public LogPosition Start { get; } = start;
}
