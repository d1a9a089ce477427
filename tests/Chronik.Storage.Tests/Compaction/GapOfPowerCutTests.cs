using Chronik.Records;
using Chronik.Storage.IO;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>A power cut takes the end of a segment of a compacted topic, and leaves the next one.</summary>
public sealed class GapOfPowerCutTests
{
    private readonly CompactionFixture _fixture = new();

    [Theory]
    [InlineData("stop")]
    [InlineData("kill")]
    [InlineData("power cut")]
    public void What_it_took_is_no_damage_when_the_topic_is_not_compacted_any_more(string end)
    {
        LeaveGap();
        Assert.Equal(["0 a", "3 d"], Starts(_fixture.Records()));
        Assert.Equal(4, _fixture.Log.LogEndOffset);

        _fixture.Store.Config = _fixture.Store.Config with { IsCompacted = false };
        _fixture.Continue(end switch
        {
            "stop" => _fixture.Store.Restart(),
            "kill" => _fixture.Store.KillAndRestart(),
            _ => _fixture.Store.CrashAndRestart(),
        });
        Assert.Equal(["0 a", "3 d"], Starts(_fixture.Records()));
        Assert.Equal(4, _fixture.Log.LogEndOffset);
    }

    [Fact]
    public void An_empty_batch_stands_for_it_once()
    {
        LeaveGap();
        Assert.Equal([(0, 0, 1), (1, 2, 0), (3, 3, 1)], Batches());
        _fixture.Continue(_fixture.Store.CrashAndRestart());
        Assert.Equal([(0, 0, 1), (1, 2, 0), (3, 3, 1)], Batches());

        _fixture.Store.Cleaner = _fixture.Store.Cleaner with { IsEnabled = true };
        _fixture.Put("e", "e");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["0 a", "3 d", "4 e"], Starts(_fixture.Records()).Take(3));
    }

    [Fact]
    public void A_disk_that_does_not_take_it_leaves_the_log_closed_and_nothing_changed()
    {
        LeaveGap(start: false);
        _fixture.Store.Fault = static (operation, path) =>
            operation == FileOperation.Write && path.EndsWith("/00000000000000000000.log", StringComparison.Ordinal) ? new IOException("EIO") : null;
        Assert.Single(_fixture.Store.Open().Unopened);

        _fixture.Store.Fault = null;
        _fixture.Continue(_fixture.Store.CrashAndRestart());
        Assert.Equal(["0 a", "3 d"], Starts(_fixture.Records()));
    }

    // The records of one segment, and the next, were written together; the tail of the first and its sync were not.
    private void LeaveGap(bool start = true)
    {
        _fixture.Store.Cleaner = _fixture.Store.Cleaner with { IsEnabled = false };
        _fixture.Open();
        var big = new string('x', 100);
        foreach (var key in (string[])["a", "b", "c", "d"])
            _fixture.Put(key, big);
        _fixture.Commit();
        Assert.Equal([0, 3], _fixture.Log.SegmentBaseOffsets());
        var first = _fixture.RawBatches()[0].Length;
        _fixture.Store.Cut();
        using (var file = _fixture.Store.Memory.Open($"{CompactionFixture.Directory}/{0:D20}.log", FileOpenKind.ReadWrite))
        {
            file.SetLength(first);
            file.Sync();
        }

        _fixture.Store.Scheduler.RunAll();
        if (start)
            _fixture.Open();
    }

    private IEnumerable<(int First, int Last, int Records)> Batches() => _fixture.RawBatches().Select(static bytes =>
    {
        var batch = new RecordBatchView(bytes);
        return ((int)batch.BaseOffset, (int)batch.LastOffset, batch.RecordCount);
    });

    private static IEnumerable<string> Starts(List<string> records) => records.Select(static record => record[..3]);
}
