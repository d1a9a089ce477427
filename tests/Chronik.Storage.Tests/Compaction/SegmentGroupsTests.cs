using Chronik.Storage.Compaction;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>Which neighbours a compaction writes into one segment. A segment is told as BASE:BYTES or BASE:BYTES:ENTRIES, the last one is active.</summary>
public sealed class SegmentGroupsTests
{
    private const int BytesMax = 100, IndexBytesMax = 48;

    [Theory]
    [InlineData("0:40", "")]
    [InlineData("0:40 10:1", "0")]
    [InlineData("0:40 10:60 20:10 30:1", "0+10 20")]
    [InlineData("0:40 10:61 20:10 30:1", "0 10+20")]
    [InlineData("0:200 10:1 20:1", "0 10")]
    [InlineData("0:100 10:0 20:0 30:1", "0+10+20")]
    public void Neighbours_join_while_their_bytes_fit(string segments, string groups) => Assert.Equal(groups, Groups(segments));

    [Theory]
    [InlineData("0:1:2 10:1:2 20:1:1 30:1", "0+10 20")]
    [InlineData("0:1:2 10:1:3 20:1:1 30:1", "0 10+20")]
    public void Neighbours_join_while_their_index_entries_fit(string segments, string groups) => Assert.Equal(groups, Groups(segments));

    [Theory]
    [InlineData("0:1 10:1 2147483648:1", "0+10")]
    [InlineData("0:1 10:1 2147483649:1", "0 10")]
    [InlineData("0:1 10:0 2147483649:1", "0+10")]
    [InlineData("5000000000:1 5000000010:1 7147483648:1", "5000000000+5000000010")]
    [InlineData("5000000000:1 5000000010:1 7147483649:1", "5000000000 5000000010")]
    public void Neighbours_join_while_their_offsets_can_be_told_from_the_first(string segments, string groups) =>
        Assert.Equal(groups, Groups(segments));

    [Theory]
    [InlineData(20, long.MaxValue, "0+10")]
    [InlineData(21, long.MaxValue, "0+10+20")]
    [InlineData(long.MaxValue, 10, "0")]
    [InlineData(10, 20, "0")]
    [InlineData(0, long.MaxValue, "")]
    public void Nothing_joins_from_the_end_of_the_keys_or_from_what_must_not_be_touched(long endOffset, long firstUncleanable, string groups) =>
        Assert.Equal(groups, Groups("0:1 10:1 20:1 30:1", endOffset, firstUncleanable));

    private static string Groups(string text, long endOffset = long.MaxValue, long firstUncleanable = long.MaxValue)
    {
        var files = new InMemoryFileSystem();
        files.CreateDirectory("/log");
        var config = new LogConfig { SegmentBytesMax = BytesMax, SegmentIndexBytesMax = IndexBytesMax };
        Segment[] segments = [.. text.Split(' ').Select(segment => Make(files, config, [.. segment.Split(':').Select(long.Parse)]))];
        var end = new LogPosition(segments[^1].BaseOffset, segments[^1], 0);
        var view = new LogView(0, end, end, null, segments);
        return string.Join(' ', SegmentGroups.Of(view, endOffset, firstUncleanable, config)
            .Select(static group => string.Join('+', group.Select(static segment => segment.BaseOffset))));
    }

    private static Segment Make(IFileSystem files, LogConfig config, long[] numbers)
    {
        var segment = Segment.Create(files, "/log", numbers[0], config, nowMs: 0);
        segment.Skip((int)numbers[1]);
        for (var i = 0; i < (numbers.Length > 2 ? numbers[2] : 0); i++)
            segment.TimeIndex.Append(1_000 + i, numbers[0] + i);
        return segment;
    }
}
