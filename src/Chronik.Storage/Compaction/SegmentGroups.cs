using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Compaction;

/// <summary>Which neighbours become one segment: as many as fit into it by bytes, index entries and offsets.</summary>
internal static class SegmentGroups
{
    /// <summary>The segments that begin below an offset, in groups.</summary>
    /// <param name="view">The log.</param>
    /// <param name="endOffset">Where the map of keys ends.</param>
    /// <param name="firstUncleanableOffset">Where a segment begins that must not be touched.</param>
    /// <param name="config">The sizes.</param>
    public static List<Segment[]> Of(in LogView view, long endOffset, long firstUncleanableOffset, LogConfig config)
    {
        var groups = new List<Segment[]>();
        var segments = view.Segments;
        for (var i = 0; i < segments.Length - 1 && segments[i].BaseOffset < Math.Min(endOffset, firstUncleanableOffset);)
        {
            var first = i++;
            var (bytes, offsets, times) = ((long)segments[first].SizeBytes, segments[first].OffsetIndex.SizeBytes, segments[first].TimeIndex.SizeBytes);
            while (i < segments.Length - 1 && segments[i].BaseOffset < Math.Min(endOffset, firstUncleanableOffset))
            {
                var next = segments[i];
                bytes += next.SizeBytes;
                offsets += next.OffsetIndex.SizeBytes;
                times += next.TimeIndex.SizeBytes;
                if (bytes > config.SegmentBytesMax || offsets > config.SegmentIndexBytesMax || times > config.SegmentIndexBytesMax)
                    break;
                if (next.SizeBytes > 0 && segments[i + 1].BaseOffset - 1 - segments[first].BaseOffset > int.MaxValue)
                    break;
                i++;
            }

            groups.Add(segments[first..i]);
        }

        return groups;
    }
}
