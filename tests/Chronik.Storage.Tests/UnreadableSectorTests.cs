using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;
using Chronik.Storage.Verification;

namespace Chronik.Storage.Tests;

/// <summary>
/// Pages of a log that an earlier process wrote, that cannot be read: only the batches that lie in them, also in part, are not served, and
/// only as long as that is so.
/// </summary>
public sealed class UnreadableSectorTests
{
    private const int Count = 60;
    private const int OfZeros = 30;
    private const int FirstMs = 1000;
    private const string First = "/data/t-0/00000000000000000000.log";

    private readonly StoreFixture _fixture = new();
    private readonly List<(int Start, int End)> _batches = [];

    public enum Order
    {
        Forward,
        Backward,
        Mixed,
    }

    public static TheoryData<int[], Order, int, int> Reads => new MatrixTheoryData<int[], Order, int, int>(
        [[0], [3], [5, 6], [2, 9], [3, 4, 8], [12], [15]], [Order.Forward, Order.Backward, Order.Mixed], [1, 1 << 20], [1, 1 << 20]);

    [Theory]
    [MemberData(nameof(Reads))]
    public void All_but_what_lies_in_them_is_served_and_all_of_it_when_they_can_be_read_again(int[] pages, Order order, int bytesMax, int indexIntervalBytes)
    {
        var log = OpenCold(indexIntervalBytes);
        SetBad(pages);
        for (var round = 0; round < 2; round++)
        {
            foreach (var offset in InOrder(order))
                Check(log, offset, bytesMax, pages);
        }

        Assert.All(_fixture.Logged, static line => Assert.Contains($"{First}: bytes ", line, StringComparison.Ordinal));
        Assert.InRange(_fixture.Logged.Count, 1, pages.Length * 2);
        _fixture.Logged.Clear();
        SetBad([]);
        foreach (var offset in InOrder(order))
            Check(log, offset, bytesMax, []);
        Assert.Equal(Count, log.ReadAll().Count);
        Assert.Empty(_fixture.Logged);
    }

    [Fact]
    public void One_line_names_the_file_the_bytes_and_the_offsets()
    {
        var log = OpenCold(1);
        SetBad([5]);
        foreach (var offset in InOrder(Order.Forward))
            Check(log, offset, 1, [5]);
        var bad = Enumerable.Range(0, Count).Where(offset => IsIn(offset, [5])).ToList();
        Assert.Equal(
            $"{First}: bytes {_batches[bad[0]].Start} to {_batches[bad[^1]].End} cannot be read (Injected failure (error 5)): offsets {bad[0]} up to {bad[^1] + 1} get KAFKA_STORAGE_ERROR "
            + "until they can be, what is beside them is served. Look at the disk",
            Assert.Single(_fixture.Logged));
    }

    [Fact]
    public void What_turns_out_to_be_damaged_when_it_can_be_read_is_damaged()
    {
        var log = OpenCold(1);
        SetBad([5]);
        var bad = Enumerable.Range(0, Count).First(offset => IsIn(offset, [5])) + 1;
        Flip(_batches[bad].Start + 200);
        Assert.Equal(ErrorCode.KafkaStorageError, ErrorAt(log, bad));
        Assert.Equal(ErrorCode.None, ErrorAt(log, bad + 10));
        SetBad([]);
        Assert.Equal(ErrorCode.CorruptMessage, ErrorAt(log, bad));
        Assert.Equal(ErrorCode.None, ErrorAt(log, bad - 1));
        Assert.Equal(ErrorCode.None, ErrorAt(log, bad + 1));
    }

    [Fact]
    public void Damage_beside_them_stays_damage()
    {
        var log = OpenCold(1 << 20);
        SetBad([5]);
        Flip(_batches[1].Start + 200);
        Assert.Equal(ErrorCode.CorruptMessage, ErrorAt(log, 1));
        Assert.Equal(ErrorCode.KafkaStorageError, ErrorAt(log, Enumerable.Range(0, Count).First(offset => IsIn(offset, [5]))));
        Assert.Equal(ErrorCode.CorruptMessage, ErrorAt(log, 1));
        Assert.Equal(ErrorCode.None, ErrorAt(log, 0));
        Assert.Equal(ErrorCode.None, ErrorAt(log, 2));
    }

    [Fact]
    public void Of_a_disk_that_gives_nothing_nothing_is_remembered()
    {
        var log = OpenCold(1);
        _fixture.IsBadPage = static (_, _) => true;
        Assert.Equal(ErrorCode.KafkaStorageError, ErrorAt(log, 3));
        _fixture.IsBadPage = null;
        Assert.Equal(Count, log.ReadAll().Count);
    }

    [Fact]
    public void A_search_by_time_answers_what_it_knows_for_certain()
    {
        var log = OpenCold(1);
        SetBad([5]);
        var bad = Enumerable.Range(0, Count).First(offset => IsIn(offset, [5]));
        Assert.Equal(bad - 2, Find(log, bad - 2));
        Assert.Throws<UnreadableRangeException>(() => Find(log, bad));
        Assert.Equal(bad + 10, Find(log, bad + 10));
        SetBad([]);
        Assert.All(Enumerable.Range(0, Count), offset => Assert.Equal(offset, Find(log, offset)));
    }

    [Fact]
    public void Verification_lists_them_and_a_repair_leaves_the_folder_alone()
    {
        OpenCold(1);
        _fixture.Close();
        Flip(_batches[1].Start + 200);
        var damaged = Bytes();
        SetBad([5]);
        var bad = Enumerable.Range(0, Count).Where(offset => IsIn(offset, [5])).ToList();
        var found = Verify();
        Assert.Equal([FindingKind.DamagedBatch, FindingKind.CannotRead], found.Select(static finding => finding.Kind));
        Assert.Equal(
            (_batches[bad[0]].Start, _batches[bad[^1]].End, bad[0], bad[^1] + 1),
            ((int)found[1].Position!, (int)found[1].End!, (int)found[1].FirstOffset!, (int)found[1].NextOffset!));

        var action = Assert.Single(Repair());
        Assert.Contains("cannot be read", action.What, StringComparison.Ordinal);
        Assert.Null(action.SavedAs);
        SetBad([]);
        Assert.Equal(damaged, Bytes());
        Repair();
        Assert.NotEqual(damaged, Bytes());
        Assert.Empty(Verify());
    }

    // The second segment is the active one, so the first is cold as a whole after a start.
    private IPartitionLog OpenCold(int indexIntervalBytes)
    {
        _fixture.Config = new LogConfig { SegmentBytesMax = 64 << 10, IndexIntervalBytes = indexIntervalBytes };
        var log = _fixture.OpenLog();
        for (int i = 0, position = 0; i < Count; i++)
        {
            // Whatever stands for what cannot be read, one batch has pages of nothing else.
            var batch = Batches.Of(FirstMs + i, new string('\0', i == OfZeros ? 3 * BadSectors.PageBytes : 1000 + (97 * i % 800)));
            _batches.Add((position, position += batch.Length));
            log.AppendOk(batch);
        }

        _fixture.Scheduler.RunAll();
        Assert.Equal(2, log.SegmentBaseOffsets().Count);
        var inFirst = (int)log.SegmentBaseOffsets()[1];
        _batches.RemoveRange(inFirst, Count - inFirst);
        return _fixture.Restart();
    }

    private void SetBad(int[] pages) => _fixture.IsBadPage = (path, page) => path == First && pages.Contains((int)page);

    private bool IsIn(int offset, int[] pages) => offset < _batches.Count
        && pages.Any(page => _batches[offset].Start < (page + 1) * BadSectors.PageBytes && _batches[offset].End > page * BadSectors.PageBytes);

    private static IEnumerable<int> InOrder(Order order) => order switch
    {
        Order.Forward => Enumerable.Range(0, Count),
        Order.Backward => Enumerable.Range(0, Count).Reverse(),
        _ => Enumerable.Range(0, Count).Select(static i => i * 37 % Count),
    };

    private void Check(IPartitionLog log, int offset, int bytesMax, int[] pages)
    {
        var result = log.Read(offset, bytesMax, ReadBound.HighWatermark, atLeastOneBatch: true);
        Assert.True(result.Error == (IsIn(offset, pages) ? ErrorCode.KafkaStorageError : ErrorCode.None), $"offset {offset}: {result.Error}");
        if (result.Error != ErrorCode.None)
            return;
        var values = Batches.ValuesOf(result.Records);
        Assert.StartsWith($"{offset}=", values[0], StringComparison.Ordinal);
        Assert.DoesNotContain(Enumerable.Range(offset, values.Count), read => IsIn(read, pages));
    }

    private static ErrorCode ErrorAt(IPartitionLog log, int offset)
    {
        var result = log.Read(offset, 1, ReadBound.HighWatermark, atLeastOneBatch: true);
        result.Records.External?.Dispose();
        return result.Error;
    }

    private static long? Find(IPartitionLog log, int offset) => log.FindOffset(FirstMs + offset, ReadBound.HighWatermark)?.Offset;

    private void Flip(int position)
    {
        using var file = _fixture.Memory.Open(First, FileOpenKind.ReadWrite);
        var value = new byte[1];
        file.Read(value, position);
        value[0] ^= 8;
        file.Write(value, position);
        file.Sync();
    }

    private byte[] Bytes()
    {
        using var file = _fixture.Memory.Open(First, FileOpenKind.Read);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }

    private BadSectors Disk() => new(_fixture.Memory, (path, page) => _fixture.IsBadPage?.Invoke(path, page) == true);

    private List<LogFinding> Verify() =>
        [.. _fixture.Scheduler.Run(() => StoreVerifier.VerifyAsync(new VerificationOptions { DataDirectory = "/data", Files = Disk(), Scheduler = _fixture.Scheduler }))
            .Findings.Where(static finding => finding.Severity == FindingSeverity.Damage)];

    private IReadOnlyList<RepairAction> Repair() =>
        _fixture.Scheduler.Run(() => StoreRepairer.RepairAsync(new RepairOptions { DataDirectory = "/data", Files = Disk(), Scheduler = _fixture.Scheduler }));
}
