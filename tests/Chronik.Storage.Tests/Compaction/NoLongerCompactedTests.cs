using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Recovery;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>A topic that was compacted once and is not any more: what compaction took is no damage.</summary>
public sealed class NoLongerCompactedTests
{
    private readonly CompactionFixture _fixture = new();

    [Theory]
    [InlineData("stop")]
    [InlineData("kill")]
    [InlineData("power cut")]
    public void Offsets_at_the_end_of_a_segment_that_compaction_took_are_passed_over(string end)
    {
        _fixture.Open();
        var big = new string('x', 180);
        _fixture.Put("a", big);
        _fixture.Put("c", big);
        _fixture.Put("b", big);
        _fixture.Put("c", big);
        _fixture.Roll();
        _fixture.Compact();
        var records = _fixture.Records();
        Assert.Equal(["0 a", "2 b", "3 c"], records.Take(3).Select(static record => record[..3]));
        Assert.Equal([0, 2], _fixture.Log.SegmentBaseOffsets().Take(2));
        RemoveEmptyBatch();

        _fixture.Store.Config = _fixture.Store.Config with { IsCompacted = false };
        _fixture.Continue(end switch
        {
            "stop" => _fixture.Store.Restart(),
            "kill" => _fixture.Store.KillAndRestart(),
            _ => _fixture.Store.CrashAndRestart(),
        });
        Assert.Equal(records, _fixture.Records());
    }

    [Fact]
    public void That_it_was_compacted_stays_known_while_its_log_cannot_be_opened()
    {
        _fixture.Open();
        var other = _fixture.Store.LogOf(_fixture.Store.Store, partition: 1);
        _fixture.Put("a", "a");
        _fixture.Roll();
        _fixture.Compact();
        var compacted = Assert.IsType<string>(_fixture.CleanerCheckpoint()).Split('\n')[2];
        Assert.StartsWith("t 0 ", compacted, StringComparison.Ordinal);
        other.AppendOk(CompactionFixture.Batch("a", "a"));
        _fixture.Store.Close();

        _fixture.Store.Fault = static (operation, path) =>
            operation == FileOperation.Open && path.StartsWith(CompactionFixture.Directory + "/", StringComparison.Ordinal) ? new IOException("EIO") : null;
        other = _fixture.Store.LogOf(_fixture.Store.Open(), partition: 1);
        Assert.Equal([StoreFixture.Partition], _fixture.Store.Store.Unopened);
        while (other.SegmentBaseOffsets().Count < 3)
            other.AppendOk(CompactionFixture.Batch("filler", new string('f', 200)));
        _fixture.Compact();

        var lines = Assert.IsType<string>(_fixture.CleanerCheckpoint()).Split('\n');
        Assert.Contains(compacted, lines);
        Assert.Contains(lines, static line => line.StartsWith("t 1 ", StringComparison.Ordinal));
    }

    [Fact]
    public void That_it_was_compacted_stays_known_when_a_power_cut_took_its_end()
    {
        _fixture.Open();
        foreach (var key in (string[])["a", "b", "a", "c"])
            _fixture.Put(key, key);
        _fixture.Roll();
        _fixture.Compact();
        var end = _fixture.Log.LogEndOffset;
        _fixture.Store.Close();
        new OffsetCheckpoint(_fixture.Store.Memory, $"/data/{OffsetCheckpoint.CleanerFile}").Write([KeyValuePair.Create(StoreFixture.Partition, end + 100)]);

        _fixture.Store.Config = _fixture.Store.Config with { IsCompacted = false };
        _fixture.Open();
        _fixture.Commit();
        Assert.Contains($"t 0 {end}\n", _fixture.CleanerCheckpoint(), StringComparison.Ordinal);
    }

    // Kafka keeps no batch without records to mark a segment's end.
    private void RemoveEmptyBatch()
    {
        var batches = _fixture.RawBatches();
        Assert.Equal((1, 0), (new RecordBatchView(batches[0]).RecordCount, new RecordBatchView(batches[1]).RecordCount));
        using var file = _fixture.Store.Memory.Open($"{CompactionFixture.Directory}/{0:D20}.log", FileOpenKind.ReadWrite);
        file.SetLength(batches[0].Length);
        file.Sync();
    }
}
