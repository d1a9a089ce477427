using Chronik.Storage.Indexes;
using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Recovery;

/// <summary>
/// Remembers with each snapshot of the producers what the transaction indexes hold: Kafka's format has neither checksum nor count, so
/// nothing else would tell that entries were lost. By offsets, for compaction joins segments.
/// </summary>
internal static class AbortedSums
{
    /// <summary>Of all entries, at the log's end.</summary>
    public static List<AbortedSum> Of(ReadOnlySpan<Segment> segments, long endOffset)
    {
        var sums = new List<AbortedSum>();
        for (var i = 0; i < segments.Length; i++)
        {
            var (count, crc) = segments[i].TransactionIndex.Sum();
            if (count > 0)
                sums.Add(new AbortedSum(segments[i].BaseOffset, i + 1 < segments.Length ? segments[i + 1].BaseOffset : endOffset, count, crc));
        }

        return sums;
    }

    /// <summary>The first range whose entries are not what they were; null where all are.</summary>
    public static AbortedSum? FirstChanged(IReadOnlyList<AbortedSum> sums, IReadOnlyList<Segment> segments)
    {
        foreach (var sum in sums)
        {
            // What was deleted of the log is not missed.
            if (sum.Start >= segments[0].BaseOffset && SumOf(segments, sum) != (sum.Count, sum.Crc))
                return sum;
        }

        return null;
    }

    /// <summary>Whether the sums, which fit, tell of all that the segment's index holds.</summary>
    public static bool Cover(IReadOnlyList<AbortedSum> sums, Segment segment)
    {
        var next = 0;
        foreach (var entry in segment.TransactionIndex.Entries)
        {
            while (next < sums.Count && sums[next].End <= entry.LastOffset)
                next++;
            if (next == sums.Count || entry.LastOffset < sums[next].Start)
                return false;
        }

        return true;
    }

    private static (int Count, uint Crc) SumOf(IReadOnlyList<Segment> segments, AbortedSum range)
    {
        var (count, crc) = (0, 0u);
        foreach (var segment in segments)
        {
            if (segment.BaseOffset >= range.End)
                break;
            foreach (var entry in segment.TransactionIndex.Entries)
            {
                if (entry.LastOffset < range.Start || entry.LastOffset >= range.End)
                    continue;
                count++;
                crc = TransactionIndex.Append(crc, entry);
            }
        }

        return (count, crc);
    }
}
