using Chronik.Protocol;
using Chronik.Storage.Log;
using Chronik.Storage.Verification;

namespace Chronik.Storage.Tests.Verification;

public sealed class StoreRepairerTests
{
    private const string FirstLog = $"{VerifiedStore.Folder}/{VerifiedStore.First}.log";
    private static readonly int s_size = Batches.Of("0a", "0b", "0c").Length;

    [Theory]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(18)]
    [InlineData(26)]
    [InlineData(70)]
    public void One_flipped_bit_is_set_right_and_every_record_is_there_again(int at)
    {
        var store = new VerifiedStore();
        var original = Bytes(store, FirstLog);
        store.Change(FirstLog, bytes => bytes[s_size + at] ^= 4);
        Assert.NotEmpty(Repair(store));
        Assert.Empty(store.Damage(isDeep: true));
        Assert.Equal(original, Bytes(store, FirstLog));
    }

    [Fact]
    public void What_cannot_be_mended_is_kept_aside_and_readers_pass_over_it()
    {
        var store = new VerifiedStore();
        byte[] bad = [];
        store.Change(FirstLog, bytes =>
        {
            bytes.AsSpan(s_size + 30, 40).Fill(0xee);
            bad = bytes[s_size..(2 * s_size)];
        });
        var action = Assert.Single(Repair(store), static action => action.SavedAs is not null);
        Assert.Equal((3L, 6L), (action.FirstOffset, action.NextOffset));
        Assert.Equal(bad, Bytes(store, $"{VerifiedStore.Folder}/{action.SavedAs}"));
        Assert.Empty(store.Damage(isDeep: true));

        var log = store.Fixture.OpenLog();
        Assert.Equal(["0=0a", "1=0b", "2=0c"], Batches.ValuesOf(log.Read(0, s_size, ReadBound.HighWatermark, true).Records));
        var beyond = log.Read(3, 1 << 20, ReadBound.HighWatermark, true);
        Assert.Equal(ErrorCode.None, beyond.Error);
        Assert.StartsWith("6=", Batches.ValuesOf(beyond.Records)[0], StringComparison.Ordinal);
        Assert.Equal(store.EndOffset, log.AppendOk(Batches.Of("new")).BaseOffset);
    }

    [Theory]
    [InlineData(".index")]
    [InlineData(".timeindex")]
    [InlineData(".txnindex")]
    public void Indexes_are_built_as_they_were(string suffix)
    {
        var store = new VerifiedStore();
        store.Fixture.Memory.Delete($"{VerifiedStore.Folder}/{VerifiedStore.First}{suffix}");
        Assert.NotEmpty(Repair(store));
        Assert.Empty(store.Damage());
    }

    [Fact]
    public void A_cut_log_keeps_its_offsets_so_that_none_is_given_twice()
    {
        var store = new VerifiedStore();
        var last = store.Fixture.Memory.ListFiles(VerifiedStore.Folder).Last(static name => name.EndsWith(".log", StringComparison.Ordinal));
        store.Replace($"{VerifiedStore.Folder}/{last}", static bytes => bytes[..(bytes.Length / 2)]);
        Assert.NotEmpty(Repair(store));
        Assert.Empty(store.Damage());
        Assert.Equal(store.EndOffset, store.Fixture.OpenLog().AppendOk(Batches.Of("new")).BaseOffset);
    }

    [Fact]
    public void Small_files_are_mended_too()
    {
        var store = new VerifiedStore();
        store.Change("/data/recovery-point-offset-checkpoint", static bytes => bytes[0] ^= 1);
        store.Change($"{VerifiedStore.Folder}/partition.metadata", static bytes => bytes[12] ^= 64);
        store.Change($"{VerifiedStore.Folder}/leader-epoch-checkpoint", static bytes => bytes[4] ^= 1);
        var snapshot = store.Fixture.Memory.ListFiles(VerifiedStore.Folder).Last(static name => name.EndsWith(".snapshot", StringComparison.Ordinal));
        store.Change($"{VerifiedStore.Folder}/{snapshot}", static bytes => bytes[20] ^= 1);
        Repair(store);
        Assert.Empty(store.Damage());
        Assert.Equal(store.EndOffset, store.Fixture.OpenLog().LogEndOffset);
    }

    [Fact]
    public void A_folder_that_names_another_topic_than_its_others_is_outvoted()
    {
        var store = new VerifiedStore();
        store.Fixture.Open();
        store.Fixture.LogOf(store.Fixture.Store, 1);
        store.Fixture.LogOf(store.Fixture.Store, 2);
        store.Fixture.Close();
        store.Change($"{VerifiedStore.Folder}/partition.metadata", static bytes => bytes["version: 0\ntopic_id: ".Length] ^= 1);
        Assert.Equal(("t-0", FindingKind.PartitionMetadata), store.Damage().Select(static finding => (finding.Partition, finding.Kind)).Single());
        Repair(store);
        Assert.Empty(store.Damage());
        Assert.Equal(StoreFixture.Topic, store.Fixture.OpenLog().TopicId);
        Assert.Empty(store.Fixture.Logged);
    }

    [Fact]
    public void A_dry_run_says_the_same_and_changes_nothing()
    {
        var store = new VerifiedStore();
        store.Change(FirstLog, static bytes => bytes[s_size + 70] ^= 4);
        var before = Bytes(store, FirstLog);
        var planned = Repair(store, isDryRun: true);
        Assert.Equal(before, Bytes(store, FirstLog));
        Assert.Equal(planned, Repair(store));
    }

    private static IReadOnlyList<RepairAction> Repair(VerifiedStore store, bool isDryRun = false) =>
        store.Fixture.Scheduler.Run(() => StoreRepairer.RepairAsync(new RepairOptions
        {
            DataDirectory = "/data",
            Files = store.Fixture.Memory,
            Scheduler = store.Fixture.Scheduler,
            IsDryRun = isDryRun,
        }));

    private static byte[] Bytes(VerifiedStore store, string path)
    {
        using var file = store.Fixture.Memory.Open(path, IO.FileOpenKind.Read);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }
}
