namespace Chronik.Storage.Segments;

/// <summary>A batch boundary: an offset and where its batch starts (or will start) in a segment's file.</summary>
internal readonly record struct LogPosition(long Offset, Segment Segment, int Position);
