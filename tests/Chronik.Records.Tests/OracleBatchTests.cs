using System.Text.Json;
using System.Text.Json.Nodes;
using Chronik.TestKit;

namespace Chronik.Records.Tests;

/// <summary>Kafka's own classes read what we write, and we read what they write.</summary>
public sealed class OracleBatchTests(Oracle oracle)
{
    private const int Rounds = 40;

    public static TheoryData<CompressionCodec> Codecs => [.. Enum.GetValues<CompressionCodec>()];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Kafka_reads_the_batches_that_we_build(CompressionCodec codec)
    {
        var random = new Random(1 + (int)codec);
        var expected = new List<(List<TestRecord> Records, RecordBatchBuilder Header, long? LogAppendTime)>();
        var commands = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var records = RandomRecords.Make(random, random.Next(1000), gaps: true);
            long? logAppendTime = random.Next(4) == 0 ? 1_600_000_000_000 + round : null;
            using var builder = new RecordBatchBuilder
            {
                Compression = codec,
                LogAppendTime = logAppendTime,
                PartitionLeaderEpoch = random.Next(-1, 50),
                ProducerId = random.NextInt64(-1, long.MaxValue),
                ProducerEpoch = (short)random.Next(-1, short.MaxValue),
                BaseSequence = random.Next(),
                IsTransactional = random.Next(2) == 0,
            };
            foreach (var record in records)
                record.AddTo(builder);
            var batch = builder.ToArray();
            Assert.True(RecordBatchView.TryRead(batch, out var view));
            Assert.True(view.IsCrcValid);
            expected.Add((records, builder, logAppendTime));
            commands.Add($"batch {Convert.ToHexStringLower(batch)}");
        }

        foreach (var ((records, header, logAppendTime), answer) in expected.Zip(oracle.AskMany(commands)))
        {
            Assert.True(answer.GetProperty("ok").GetBoolean(), answer.GetRawText());
            var batch = Assert.Single(answer.GetProperty("batches").EnumerateArray());
            Assert.True(batch.GetProperty("valid").GetBoolean());
            AssertHeader(batch, codec, header, records);
            var read = batch.GetProperty("records").EnumerateArray().Select(RecordOf).ToList();
            AssertSame(logAppendTime is { } time ? [.. records.Select(record => record with { Timestamp = time })] : records, read);
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void We_read_the_batches_that_Kafka_builds(CompressionCodec codec)
    {
        var random = new Random(100 + (int)codec);
        var expected = new List<List<TestRecord>>();
        var commands = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var records = RandomRecords.Make(random, random.Next(1000), gaps: true);
            expected.Add(records);
            var batch = new JsonObject
            {
                ["compression"] = Name(codec),
                ["baseOffset"] = records[0].Offset,
                ["producerId"] = 77 + round,
                ["producerEpoch"] = 3,
                ["baseSequence"] = int.MaxValue - 1,
                ["isTransactional"] = round % 2 == 0,
                ["partitionLeaderEpoch"] = round,
                ["records"] = new JsonArray([.. records.Select(record => record.ToJson())]),
            };
            commands.Add($"mkbatch {batch.ToJsonString()}");
        }

        var answers = oracle.AskMany(commands);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Convert.FromHexString(answers[round].GetProperty("hex").GetString()!);
            Assert.True(RecordBatchView.TryRead(bytes, out var batch));
            Assert.Equal(bytes.Length, batch.SizeInBytes);
            Assert.True(batch.IsCrcValid);
            Assert.Equal(codec, batch.Compression);
            Assert.Equal(expected[round][0].Offset, batch.BaseOffset);
            Assert.Equal(expected[round][^1].Offset, batch.LastOffset);
            Assert.Equal(expected[round].Max(record => record.Timestamp), batch.MaxTimestamp);
            Assert.Equal((77 + round, (short)3, int.MaxValue - 1), (batch.ProducerId, batch.ProducerEpoch, batch.BaseSequence));
            Assert.Equal((int)((int.MaxValue - 1L + batch.LastOffsetDelta) & int.MaxValue), batch.LastSequence);
            Assert.Equal((round % 2 == 0, false, round), (batch.IsTransactional, batch.IsControl, batch.PartitionLeaderEpoch));
            AssertSame(expected[round], TestRecord.ReadBatch(bytes));
        }
    }

    [Fact]
    public void Kafka_reads_our_transaction_markers_and_delete_horizons()
    {
        var marker = RecordBatchBuilder.Marker(ControlRecordType.Commit, 5, 1, coordinatorEpoch: 4, timestamp: 9);
        using var compacted = new RecordBatchBuilder { BaseOffset = 10, LastOffset = 19, DeleteHorizonMs = 77 };
        compacted.Add(12, 5, "k"u8.ToArray(), null);
        var answers = oracle.AskMany([$"batch {Convert.ToHexStringLower(marker)}", $"batch {Convert.ToHexStringLower(compacted.ToArray())}"]);

        var batch = answers[0].GetProperty("batches")[0];
        Assert.True(batch.GetProperty("isControl").GetBoolean());
        Assert.Equal("COMMIT", batch.GetProperty("records")[0].GetProperty("control").GetString());
        Assert.Equal(4, batch.GetProperty("records")[0].GetProperty("coordinatorEpoch").GetInt32());
        batch = answers[1].GetProperty("batches")[0];
        Assert.Equal(77, batch.GetProperty("deleteHorizonMs").GetInt64());
        Assert.Equal((10, 19), (batch.GetProperty("baseOffset").GetInt64(), batch.GetProperty("lastOffset").GetInt64()));
        Assert.Equal((12, 5), (batch.GetProperty("records")[0].GetProperty("offset").GetInt64(), batch.GetProperty("records")[0].GetProperty("timestamp").GetInt64()));
    }

    [Fact]
    public void Kafka_finds_a_patched_batch_valid()
    {
        var batch = new Forged { Count = 3 }.ToArray();
        RecordBatchHeader.SetBaseOffset(batch, 1L << 40);
        RecordBatchHeader.SetPartitionLeaderEpoch(batch, 7);
        RecordBatchHeader.SetLogAppendTime(batch, 123);

        var read = oracle.AskOk($"batch {Convert.ToHexStringLower(batch)}").GetProperty("batches")[0];

        Assert.True(read.GetProperty("valid").GetBoolean());
        Assert.Equal((1L << 40, 7, 123L), (read.GetProperty("baseOffset").GetInt64(), read.GetProperty("partitionLeaderEpoch").GetInt32(), read.GetProperty("maxTimestamp").GetInt64()));
        Assert.Equal("LogAppendTime", read.GetProperty("timestampType").GetString());
        Assert.Equal(123, read.GetProperty("records")[2].GetProperty("timestamp").GetInt64());
    }

    internal static string Name(CompressionCodec codec) => codec switch
    {
        CompressionCodec.Gzip => "gzip",
        CompressionCodec.Snappy => "snappy",
        CompressionCodec.Lz4 => "lz4",
        CompressionCodec.Zstd => "zstd",
        _ => "none",
    };

    internal static TestRecord RecordOf(JsonElement json) => new(
        json.GetProperty("offset").GetInt64(), json.GetProperty("timestamp").GetInt64(), Bytes(json.GetProperty("key")), Bytes(json.GetProperty("value")),
        json.TryGetProperty("headers", out var headers)
            ? [.. headers.EnumerateArray().Select(header => (header.GetProperty("key").GetString()!, Bytes(header.GetProperty("value"))))] : []);

    internal static void AssertSame(IEnumerable<TestRecord> expected, IEnumerable<TestRecord> actual) =>
        Assert.Equal(expected.Select(record => record.ToString()), actual.Select(record => record.ToString()));

    private static byte[]? Bytes(JsonElement hex) => hex.ValueKind == JsonValueKind.Null ? null : Convert.FromHexString(hex.GetString()!);

    private static void AssertHeader(JsonElement batch, CompressionCodec codec, RecordBatchBuilder header, List<TestRecord> records)
    {
        Assert.Equal(Name(codec), batch.GetProperty("compression").GetString());
        Assert.Equal(records[0].Offset, batch.GetProperty("baseOffset").GetInt64());
        Assert.Equal(records[^1].Offset, batch.GetProperty("lastOffset").GetInt64());
        Assert.Equal(records[0].Timestamp, batch.GetProperty("baseTimestamp").GetInt64());
        Assert.Equal(header.LogAppendTime ?? records.Max(record => record.Timestamp), batch.GetProperty("maxTimestamp").GetInt64());
        Assert.Equal(header.PartitionLeaderEpoch, batch.GetProperty("partitionLeaderEpoch").GetInt32());
        Assert.Equal(header.ProducerId, batch.GetProperty("producerId").GetInt64());
        Assert.Equal(header.ProducerEpoch, batch.GetProperty("producerEpoch").GetInt16());
        Assert.Equal(header.BaseSequence, batch.GetProperty("baseSequence").GetInt32());
        Assert.Equal(header.IsTransactional, batch.GetProperty("isTransactional").GetBoolean());
        Assert.Equal(records.Count, batch.GetProperty("count").GetInt32());
    }
}
