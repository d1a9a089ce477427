using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>Transactions and producers in a compacted log.</summary>
public sealed class CompactedTransactionTests
{
    private const long Other = 99;
    private readonly CompactionFixture _fixture = new();

    public CompactedTransactionTests() => _fixture.Open();

    [Fact]
    public void Records_of_an_aborted_transaction_go_and_do_not_shadow_older_ones()
    {
        _fixture.Put("a", "1");
        Transaction(7, 0, "a", "aborted", "b", "aborted");
        End(7, commit: false);
        Supersede(7);
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["0 a=1", "3 abort 7"], Survivors().Take(2));
        Assert.DoesNotContain(Survivors(), static record => record.EndsWith("=aborted", StringComparison.Ordinal));
        Assert.Single(_fixture.Log.Read(0, 1 << 20, ReadBound.LastStable, true).Aborted);

        // The next pass finds no record of it, and unlists it.
        _fixture.Roll();
        _fixture.Compact();
        Assert.Empty(_fixture.Log.Read(0, 1 << 20, ReadBound.LastStable, true).Aborted);
    }

    [Fact]
    public void A_marker_stays_while_records_of_its_transaction_do_and_then_until_the_delete_horizon()
    {
        Transaction(7, 0, "a", "1");
        End(7, commit: true);
        Supersede(7);
        _fixture.Roll();
        _fixture.Compact();
        Assert.Contains("1 commit 7", Survivors());
        Assert.False(new RecordBatchView(_fixture.RawBatches()[1]).HasDeleteHorizon);

        _fixture.Put("a", "2");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Contains("1 commit 7", Survivors());
        Assert.DoesNotContain("0 a=1", Survivors());

        // Now the transaction is empty: from here on the marker waits.
        _fixture.Put("x", "1");
        _fixture.Roll();
        _fixture.Compact();
        var marker = new RecordBatchView(_fixture.RawBatches().Find(static batch => new RecordBatchView(batch).IsControl));
        Assert.True(marker.HasDeleteHorizon);
        Assert.Equal(1000, marker.MaxTimestamp);

        _fixture.Store.Time.Advance(TimeSpan.FromHours(25));
        _fixture.Put("x", "2");
        _fixture.Roll();
        _fixture.Compact();
        Assert.DoesNotContain("1 commit 7", Survivors());
    }

    [Fact]
    public void An_aborted_transaction_across_segments_is_listed_as_long_as_anything_of_it_is_there()
    {
        Transaction(7, 0, "a", "aborted");
        for (var i = 0; i < 10; i++)
            _fixture.Put($"f{i}", new string('x', 150));
        Transaction(7, 1, "b", "aborted");
        End(7, commit: false);
        _fixture.Roll();
        _fixture.Compact();
        Assert.DoesNotContain(Survivors(), static record => record.EndsWith("=aborted", StringComparison.Ordinal));

        // The last batch of the producer is still there, without records: so is the transaction.
        var aborted = _fixture.Log.Read(0, 1 << 20, ReadBound.LastStable, true).Aborted;
        Assert.Equal([(7L, 0L)], aborted.Select(static transaction => (transaction.ProducerId, transaction.FirstOffset)));
        Assert.Contains(Survivors(), static record => record.EndsWith("abort 7", StringComparison.Ordinal));
        _fixture.Continue(_fixture.Store.Restart());
        Assert.Single(_fixture.Log.Read(0, 1 << 20, ReadBound.LastStable, true).Aborted);
        Assert.Equal(_fixture.Log.HighWatermark, _fixture.Log.LastStableOffset);
    }

    [Fact]
    public void Nothing_from_an_open_transaction_on_is_compacted()
    {
        _fixture.Put("a", "1");
        _fixture.Put("a", "2");
        _fixture.Roll();
        Transaction(7, 0, "a", "3");
        _fixture.Roll();
        _fixture.Put("a", "4");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["1 a=2", "a=3", "a=4"], Survivors().Where(static r => r.Contains("a=", StringComparison.Ordinal)).Select(static (r, i) => i == 0 ? r : r.Split(' ')[1]));
        End(7, commit: true);
        Supersede(7);
        _fixture.Roll();
        _fixture.Compact();
        Assert.Single(Survivors(), static record => record.Contains(" a=", StringComparison.Ordinal));
    }

    [Fact]
    public void The_sequence_of_a_producer_survives_that_all_its_records_are_compacted_away()
    {
        for (var i = 0; i < 5; i++)
            _fixture.Log.AppendOk(CompactionFixture.Idempotent(7, 0, i, false, "a", $"{i}"));
        _fixture.Log.AppendOk(CompactionFixture.Idempotent(Other, 0, 0, false, "a", "last"));
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["5 a=last"], Survivors());
        var empty = new RecordBatchView(_fixture.RawBatches()[0]);
        Assert.Equal((7L, 4, 4L, 0), (empty.ProducerId, empty.LastSequence, empty.LastOffset, empty.RecordCount));

        // From the log alone, as when snapshots are lost.
        _fixture.Store.Close();
        foreach (var snapshot in _fixture.Files().Where(static name => name.EndsWith(".snapshot", StringComparison.Ordinal)))
            _fixture.Store.Memory.Delete($"{CompactionFixture.Directory}/{snapshot}");
        _fixture.Continue(_fixture.Store.OpenLog());
        Assert.True(_fixture.Log.AppendOk(CompactionFixture.Idempotent(7, 0, 4, false, "a", "4")).IsDuplicate);
        Assert.Equal(
            ErrorCode.OutOfOrderSequenceNumber,
            _fixture.Log.Append(CompactionFixture.Idempotent(7, 0, 6, false, "a", "6"), AppendOrigin.Client).Error);
        _fixture.Log.AppendOk(CompactionFixture.Idempotent(7, 0, 5, false, "a", "5"));
    }

    private List<string> Survivors() => _fixture.Records().FindAll(static record => !record.Contains("filler", StringComparison.Ordinal));

    private void Transaction(long producerId, int sequence, params string?[] keysAndValues) =>
        _fixture.Log.AppendOk(CompactionFixture.Idempotent(producerId, 0, sequence, true, keysAndValues));

    private void End(long producerId, bool commit) => _fixture.Log.AppendOk(Batches.Marker(commit, producerId, 0), AppendOrigin.Coordinator);

    // Its last batch would be kept for its sequence number: a later one takes that part.
    private void Supersede(long producerId) =>
        _fixture.Log.AppendOk(CompactionFixture.Idempotent(producerId, 1, 0, false, "superseded", "1"));
}
