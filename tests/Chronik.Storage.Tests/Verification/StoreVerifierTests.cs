using System.Buffers.Binary;
using System.Text;
using Chronik.Storage.Verification;

namespace Chronik.Storage.Tests.Verification;

public sealed class StoreVerifierTests
{
    private const string FirstLog = $"{VerifiedStore.Folder}/{VerifiedStore.First}.log";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_store_that_nobody_touched_is_clean(bool isClosed)
    {
        var store = new VerifiedStore(isClosed);
        Assert.Empty(store.Damage(isDeep: true));
        Assert.True(store.Fixture.Memory.ListFiles(VerifiedStore.Folder).Count(static name => name.EndsWith(".log", StringComparison.Ordinal)) > 1);
    }

    [Theory]
    [InlineData(7, FindingKind.WrongOffset)]
    [InlineData(11, FindingKind.DamagedBatch)]
    [InlineData(15, FindingKind.WrongEpoch)]
    [InlineData(16, FindingKind.DamagedBatch)]
    [InlineData(20, FindingKind.DamagedBatch)]
    [InlineData(61, FindingKind.DamagedBatch)]
    public void A_flipped_bit_in_any_part_of_a_batch_is_told_with_its_offsets(int at, FindingKind kind)
    {
        var store = new VerifiedStore();
        var size = Batches.Of("0a", "0b", "0c").Length;
        store.Change(FirstLog, bytes => bytes[size + at] ^= 1);
        var finding = Assert.Single(store.Damage());
        Assert.Equal(
            (kind, $"{VerifiedStore.First}.log", (long?)size, (long?)2 * size, (long?)3, (long?)6),
            (finding.Kind, finding.File, finding.Position, finding.End, finding.FirstOffset, finding.NextOffset));
    }

    [Fact]
    public void Damage_in_one_place_does_not_draw_in_what_lies_before_the_next()
    {
        var store = new VerifiedStore();
        var size = Batches.Of("0a", "0b", "0c").Length;
        store.Change(FirstLog, bytes => (bytes[70], bytes[(2 * size) + 7]) = ((byte)~bytes[70], (byte)(bytes[(2 * size) + 7] - 1)));
        Assert.Equal([(0, 3), (6, 9)], store.Damage().Select(static finding => (finding.FirstOffset!.Value, finding.NextOffset!.Value)));
    }

    [Fact]
    public void Every_flipped_bit_of_a_log_file_is_found()
    {
        var store = new VerifiedStore();
        for (var bit = 0; bit < 8 * 1500; bit += 7)
        {
            store.Change(FirstLog, bytes => bytes[bit / 8] ^= (byte)(1 << (bit % 8)));
            Assert.True(store.Damage().Any(), $"bit {bit}");
            store.Change(FirstLog, bytes => bytes[bit / 8] ^= (byte)(1 << (bit % 8)));
        }

        Assert.Empty(store.Damage());
    }

    [Fact]
    public void A_log_that_was_cut_at_a_batch_boundary_misses_its_tail()
    {
        var store = new VerifiedStore();
        var last = store.Fixture.Memory.ListFiles(VerifiedStore.Folder).Last(static name => name.EndsWith(".log", StringComparison.Ordinal));
        store.Replace($"{VerifiedStore.Folder}/{last}", static _ => []);
        var finding = store.Damage().First(static finding => finding.Kind == FindingKind.MissingTail);
        Assert.Equal(store.EndOffset, finding.NextOffset);
    }

    [Fact]
    public void A_torn_tail_is_a_note_after_a_kill_and_damage_after_a_clean_stop()
    {
        foreach (var isClosed in (bool[])[false, true])
        {
            var store = new VerifiedStore(isClosed);
            var last = store.Fixture.Memory.ListFiles(VerifiedStore.Folder).Last(static name => name.EndsWith(".log", StringComparison.Ordinal));
            store.Replace($"{VerifiedStore.Folder}/{last}", static bytes => [.. bytes, 1, 2, 3]);
            Assert.Equal(isClosed ? FindingSeverity.Damage : FindingSeverity.Note, Assert.Single(store.Verify(), static finding => finding.Kind == FindingKind.TornTail).Severity);
        }
    }

    [Fact]
    public void Missing_offsets_are_told_unless_the_log_was_compacted_or_repaired_there()
    {
        var store = new VerifiedStore();
        var size = Batches.Of("0a", "0b", "0c").Length;
        store.Replace(FirstLog, bytes => [.. bytes[..size], .. bytes[(2 * size)..]]);
        Assert.Contains(store.Damage(), static finding => finding is { Kind: FindingKind.OffsetGap, FirstOffset: 3, NextOffset: 6 });
        Write(store, $"{VerifiedStore.Folder}/{KnownGaps.LostName(3, 6)}", []);
        Assert.DoesNotContain(store.Damage(), static finding => finding.Kind == FindingKind.OffsetGap);
        store.Fixture.Memory.Delete($"{VerifiedStore.Folder}/{KnownGaps.LostName(3, 6)}");
        Write(store, "/data/cleaner-offset-checkpoint", Encoding.UTF8.GetBytes("0\n1\nt 0 20\n"));
        Assert.DoesNotContain(store.Damage(), static finding => finding.Kind == FindingKind.OffsetGap);
    }

    [Fact]
    public void A_batch_inside_of_a_record_is_not_taken_for_one_of_the_log()
    {
        var fixture = new StoreFixture();
        var log = fixture.OpenLog();
        var inner = Batches.Of("inner");
        BinaryPrimitives.WriteInt64BigEndian(inner, 5);
        log.AppendOk(Batches.Of("a"));
        log.AppendOk(Batches.Of(Encoding.Latin1.GetString(inner)));
        log.AppendOk(Batches.Of("c"));
        fixture.Close();
        using (var file = fixture.Memory.Open(FirstLog, IO.FileOpenKind.ReadWrite))
            file.Write([0xff], Batches.Of("a").Length + 20);
        var report = fixture.Scheduler.Run(() => StoreVerifier.VerifyAsync(
            new VerificationOptions { DataDirectory = "/data", Files = fixture.Memory, Scheduler = fixture.Scheduler }));
        Assert.Equal((1, 2), Assert.Single(report.Findings) is var finding ? (finding.FirstOffset, finding.NextOffset) : default);
    }

    [Theory]
    [InlineData(".index", 3, FindingKind.OffsetIndex)]
    [InlineData(".index", 7, FindingKind.OffsetIndex)]
    [InlineData(".timeindex", 7, FindingKind.TimeIndex)]
    [InlineData(".timeindex", 11, FindingKind.TimeIndex)]
    [InlineData(".txnindex", 9, FindingKind.TransactionIndex)]
    [InlineData(".txnindex", 17, FindingKind.TransactionIndex)]
    [InlineData(".txnindex", 25, FindingKind.TransactionIndex)]
    [InlineData(".txnindex", 33, FindingKind.TransactionIndex)]
    public void A_flipped_bit_in_an_index_is_told(string suffix, int at, FindingKind kind)
    {
        var store = new VerifiedStore();
        store.Change($"{VerifiedStore.Folder}/{VerifiedStore.First}{suffix}", bytes => bytes[at] ^= 1);
        Assert.Equal((kind, VerifiedStore.First + suffix), Assert.Single(store.Damage()) is var finding ? (finding.Kind, finding.File) : default);
    }

    [Theory]
    [InlineData(".index", FindingKind.OffsetIndex)]
    [InlineData(".timeindex", FindingKind.TimeIndex)]
    [InlineData(".txnindex", FindingKind.TransactionIndex)]
    public void An_index_that_is_gone_is_told(string suffix, FindingKind kind)
    {
        var store = new VerifiedStore();
        store.Fixture.Memory.Delete($"{VerifiedStore.Folder}/{VerifiedStore.First}{suffix}");
        Assert.Equal(kind, Assert.Single(store.Damage()).Kind);
    }

    [Fact]
    public void Checkpoints_snapshots_and_metadata_are_looked_at()
    {
        var store = new VerifiedStore();
        store.Change("/data/recovery-point-offset-checkpoint", static bytes => bytes[0] ^= 1);
        store.Change("/data/log-start-offset-checkpoint", static bytes => bytes[2] ^= 1);
        store.Change($"{VerifiedStore.Folder}/partition.metadata", static bytes => bytes[12] ^= 64);
        store.Change($"{VerifiedStore.Folder}/leader-epoch-checkpoint", static bytes => bytes[4] ^= 1);
        var snapshot = store.Fixture.Memory.ListFiles(VerifiedStore.Folder).Last(static name => name.EndsWith(".snapshot", StringComparison.Ordinal));
        store.Change($"{VerifiedStore.Folder}/{snapshot}", static bytes => bytes[20] ^= 1);
        Assert.Equal(
            [FindingKind.ProducerSnapshot, FindingKind.EpochCheckpoint, FindingKind.PartitionMetadata, FindingKind.RecoveryPoint, FindingKind.LogStart],
            store.Damage().Select(static finding => finding.Kind).Order());
    }

    [Fact]
    public void A_folder_that_the_checkpoint_knows_and_is_gone_is_told()
    {
        var store = new VerifiedStore();
        store.Fixture.Memory.DeleteDirectory(VerifiedStore.Folder);
        Assert.Equal(FindingKind.MissingPartition, Assert.Single(store.Damage()).Kind);
    }

    [Fact]
    public void A_length_that_claims_two_gigabytes_costs_no_memory()
    {
        var store = new VerifiedStore();
        store.Change(FirstLog, static bytes => bytes[8] = 0x7f);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotEmpty(store.Damage());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 << 20);
    }

    private static void Write(VerifiedStore store, string path, byte[] content)
    {
        using var file = store.Fixture.Memory.Open(path, IO.FileOpenKind.CreateOrTruncate);
        file.Write(content, 0);
    }
}
