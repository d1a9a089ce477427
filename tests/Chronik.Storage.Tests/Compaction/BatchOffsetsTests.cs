using System.Buffers.Binary;
using System.Text;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;
using Chronik.Storage.Verification;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>The file that knows the base offsets in a compacted segment, which no checksum of Kafka's covers.</summary>
public sealed class BatchOffsetsTests
{
    private const string Path = $"{CompactionFixture.Directory}/00000000000000000000.batchoffsets";
    private const string LogPath = $"{CompactionFixture.Directory}/00000000000000000000.log";

    private readonly CompactionFixture _fixture = new();

    [Theory]
    [InlineData("stop", 1)]
    [InlineData("stop", -1)]
    [InlineData("kill", 1)]
    [InlineData("kill", -1)]
    [InlineData("power cut", 1)]
    [InlineData("power cut", -1)]
    public async Task A_base_offset_that_was_moved_within_a_gap_is_found_and_repaired(string end, int by)
    {
        var batches = Compacted();
        End(end);
        Move(batches, index: 1, by);

        var finding = Assert.Single(await Verify(), static finding => finding.Kind == FindingKind.WrongOffset);
        Assert.Equal((5L, 6L), (finding.FirstOffset, finding.NextOffset));
        _fixture.Open();
        Assert.Equal(["0 a=a"], Records(0));
        Assert.Equal(ErrorCode.CorruptMessage, Read(5).Error);
        Assert.Equal(["9 c=c"], Records(9));
        Assert.Contains(_fixture.Store.Logged, static line => line.Contains("are damaged, offsets 1 up to 9", StringComparison.Ordinal));

        _fixture.Store.Close();
        await Repair();
        Assert.Empty(await Verify());
        _fixture.Open();
        Assert.Equal(["0 a=a", "5 b=b", "9 c=c"], _fixture.Records().Take(3));
    }

    [Fact]
    public async Task Repairing_damage_writes_it_anew()
    {
        var batches = Compacted();
        _fixture.Store.Close();
        Change(LogPath, bytes => bytes.AsSpan(batches[0].Length + 30, 30).Fill(0xee));
        await Repair();
        Assert.Empty(await Verify());
        CheckAll();

        // The batch behind what was taken out.
        var position = 0;
        foreach (var batch in Raw().TakeWhile(static batch => new RecordBatchView(batch).BaseOffset < 9))
            position += batch.Length;
        Change(LogPath, bytes => bytes[position + 7]++);
        Assert.Single(await Verify(), static finding => finding.Kind == FindingKind.WrongOffset);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("emptied")]
    [InlineData("a bit")]
    [InlineData("cut")]
    [InlineData("garbage behind it")]
    public async Task Damage_to_the_file_is_told_and_costs_no_record(string damage)
    {
        Compacted();
        _fixture.Put("d", new string('d', 500));
        _fixture.Put("e", new string('e', 500));
        _fixture.Roll();
        _fixture.Compact();
        var records = _fixture.Records();
        Assert.True(_fixture.Files().Count(static name => name.EndsWith(".batchoffsets", StringComparison.Ordinal)) > 1);
        _fixture.Store.Close();
        if (damage == "deleted")
            _fixture.Store.Memory.Delete(Path);
        else
            Replace(Path, bytes => damage switch
            {
                "emptied" => [],
                "a bit" => [.. bytes[..30], (byte)(bytes[30] ^ 1), .. bytes[31..]],
                "cut" => bytes[..^5],
                _ => [.. bytes, 1],
            });

        Assert.Single(await Verify(), static finding => finding.Kind == FindingKind.BatchOffsets);
        _fixture.Open();
        Assert.Equal(records, _fixture.Records());
        Assert.Single(_fixture.Store.Logged, static line => line.Contains(".batchoffsets is damaged", StringComparison.Ordinal));
        _fixture.Store.Close();
        await Repair();
        Assert.Empty(await Verify());
        CheckAll();
    }

    [Theory]
    [InlineData("stop", 0)]
    [InlineData("stop", 1)]
    [InlineData("power cut", 0)]
    [InlineData("kill", 1)]
    public async Task A_segment_that_ends_earlier_than_compaction_left_it_is_damaged(string end, int batchesLeft)
    {
        var batches = Compacted();
        var next = _fixture.Log.SegmentBaseOffsets()[1];
        End(end);
        Replace(LogPath, bytes => bytes[..batches.Take(batchesLeft).Sum(static batch => batch.Length)]);
        Assert.Contains(await Verify(), finding => finding.Kind == FindingKind.OffsetGap && finding.NextOffset == next);
        _fixture.Open();
        Assert.Equal(ErrorCode.CorruptMessage, Read(5).Error);
        Assert.Contains(_fixture.Store.Logged, line => line.Contains($"up to {next} cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_was_compacted_without_it_is_taken_as_it_is()
    {
        Compacted();
        _fixture.Store.Close();
        _fixture.Store.Memory.Delete(Path);
        Assert.Empty(await Verify());
        _fixture.Open();
        Assert.Equal(["0 a=a", "5 b=b", "9 c=c"], _fixture.Records().Take(3));
        Assert.DoesNotContain(_fixture.Store.Logged, static line => line.Contains("batchoffsets", StringComparison.Ordinal));
    }

    // As Kafka leaves it behind, when it compacts the log and knows nothing of the file.
    [Fact]
    public void One_of_an_older_state_of_the_log_says_nothing()
    {
        Compacted();
        var old = AtomicFile.Read(_fixture.Store.Memory, Path)!;
        _fixture.Put("a", "new");
        _fixture.Roll();
        _fixture.Compact();
        var records = _fixture.Records();
        Assert.Equal(["5 b=b", "9 c=c"], records.Take(2));
        _fixture.Store.Close();
        Replace(Path, _ => old);
        _fixture.Open();
        Assert.Equal(records, _fixture.Records());
    }

    [Fact]
    public void It_goes_with_its_segment()
    {
        Compacted();
        _fixture.Store.Scheduler.Run(() => _fixture.Log.TrimAsync(_fixture.Log.HighWatermark).AsTask());
        _fixture.Store.Time.Advance(TimeSpan.FromMinutes(10));
        _fixture.Commit();
        Assert.DoesNotContain(_fixture.Files(), static name => name.Contains("batchoffsets", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_batch_of_many_blocks_is_known_but_those_of_a_damaged_one()
    {
        const int Count = (3 * BatchOffsets.BlockEntries) + 7;
        var memory = new InMemoryFileSystem();
        memory.CreateDirectory("/d");
        Write(memory, Count);
        for (var damaged = -1; damaged < 4; damaged++)
        {
            var bytes = AtomicFile.Read(memory, "/d/x")!;
            if (damaged >= 0)
                bytes[BatchOffsets.HeaderBytes + (damaged * BatchOffsets.BlockBytes) + 40] ^= 1;
            using (var file = memory.Open("/d/y", FileOpenKind.CreateOrTruncate))
                file.Write(bytes, 0);
            var known = new BatchOffsets(memory, "/d/y", 1000) { Exists = true };
            for (var i = 0; i < Count; i++)
            {
                var isDamaged = i / BatchOffsets.BlockEntries == damaged;
                Assert.Equal(isDamaged ? null : 1000 + (3L * i), known.OffsetAt(100 * i, Crc(i)));
                Assert.Null(known.OffsetAt((100 * i) + 1, Crc(i)));
                Assert.Null(known.OffsetAt(100 * i, Crc(i) + 1));
            }

            Assert.Equal(damaged < 0, known.Problem is null);
        }
    }

    [Fact]
    public void Its_format_stays_as_it_is()
    {
        var memory = new InMemoryFileSystem();
        memory.CreateDirectory("/d");
        Write(memory, 2);
        Assert.Equal(
            "20191896" + "00000001" + "00000000000003E8" + "00000002" + "8D52D8F4" + "000000000000000000000000" + "000000030000006400000007",
            Convert.ToHexString(AtomicFile.Read(memory, "/d/x")!));
        var moved = new BatchOffsets(memory, "/d/x", 1001) { Exists = true };
        Assert.Null(moved.OffsetAt(0, 0));
        Assert.NotNull(moved.Problem);
    }

    private static uint Crc(int index) => (uint)(index * 7);

    private static void Write(InMemoryFileSystem memory, int count)
    {
        using var writer = new BatchOffsetsWriter(memory, "/d/x", 1000);
        var header = new byte[RecordBatchHeader.SizeInBytes];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(header, 1000 + (3 * i));
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(17), Crc(i));
            writer.Add(new RecordBatchView(header), 100 * i);
        }

        writer.Finish();
    }

    // Offsets 0, 5 and 9 are left of the first ten, in one segment.
    private List<byte[]> Compacted()
    {
        _fixture.Store.Config = CompactionFixture.CompactConfig with { SegmentBytesMax = 4000 };
        _fixture.Open();
        foreach (var key in (string[])["a", "x", "x", "x", "x", "b", "x", "x", "x", "c", "x"])
        {
            using var builder = new RecordBatchBuilder();
            builder.Add(2000 + _fixture.Log.LogEndOffset, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(key));
            _fixture.Log.AppendOk(builder.ToArray());
        }

        _fixture.Log.Config = _fixture.Log.Config with { SegmentBytesMax = 1000 };
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["0 a=a", "5 b=b", "9 c=c"], _fixture.Records().Take(3));
        CheckAll();
        return Raw();
    }

    private List<byte[]> Raw() => _fixture.RawBatches();

    private void End(string end)
    {
        if (end == "stop")
            _fixture.Store.Close();
        else if (end == "kill")
            _fixture.Store.Kill();
        else
            _fixture.Store.Cut();
        _fixture.Store.Scheduler.RunAll();
    }

    private void Move(List<byte[]> batches, int index, int by) =>
        Change(LogPath, bytes => bytes[batches.Take(index).Sum(static batch => batch.Length) + 7] += (byte)by);

    private void Change(string path, Action<byte[]> change) => Replace(path, bytes =>
    {
        change(bytes);
        return bytes;
    });

    private void Replace(string path, Func<byte[], byte[]> change)
    {
        var bytes = change(AtomicFile.Read(_fixture.Store.Memory, path)!);
        using var file = _fixture.Store.Memory.Open(path, FileOpenKind.CreateOrTruncate);
        file.Write(bytes, 0);
        file.Sync();
    }

    private void CheckAll() => Assert.True(_fixture.CheckBatchOffsets() > 0);

    private async Task<List<LogFinding>> Verify() => [.. (await StoreVerifier.VerifyAsync(new VerificationOptions
    {
        DataDirectory = "/data",
        Files = _fixture.Store.Memory,
        Scheduler = TaskScheduler.Default,
    })).Findings.Where(static finding => finding.Severity == FindingSeverity.Damage)];

    private Task<IReadOnlyList<RepairAction>> Repair() => StoreRepairer.RepairAsync(new RepairOptions
    {
        DataDirectory = "/data",
        Files = _fixture.Store.Memory,
        Scheduler = TaskScheduler.Default,
    });

    private ReadResult Read(long offset) => _fixture.Log.Read(offset, 1, ReadBound.HighWatermark, atLeastOneBatch: true);

    private List<string> Records(long offset)
    {
        var batch = new RecordBatchView(Read(offset).Records.TakeBytes());
        var records = new List<string>();
        foreach (var record in new RecordBatchReader(batch))
            records.Add(CompactionFixture.Describe(batch, record));
        return records;
    }
}
