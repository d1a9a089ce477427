using System.Text.Json.Nodes;
using Chronik.Protocol;
using Chronik.TestKit;

namespace Chronik.Records.Tests;

/// <summary>Formats 0 and 1 against Kafka's own classes, both ways.</summary>
public sealed class OracleMessageSetTests(Oracle oracle)
{
    private const int Rounds = 25;
    private static readonly BatchRules s_rules = new() { TimestampBeforeMsMax = long.MaxValue, TimestampAfterMsMax = long.MaxValue };

    public static TheoryData<byte, CompressionCodec> Formats
    {
        get
        {
            var data = new TheoryData<byte, CompressionCodec>();
            foreach (var codec in Enum.GetValues<CompressionCodec>().Where(codec => codec != CompressionCodec.Zstd))
            {
                data.Add(0, codec);
                data.Add(1, codec);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void We_read_and_convert_the_message_sets_that_Kafka_builds(byte magic, CompressionCodec codec)
    {
        var random = new Random(200 + (magic * 10) + (int)codec);
        var sets = Enumerable.Range(0, Rounds).Select(_ => RandomRecords.Make(random, random.Next(1000), gaps: true, headers: false)).ToList();
        var commands = sets.Select(records => $"mkbatch {new JsonObject
        {
            ["magic"] = magic,
            ["compression"] = OracleBatchTests.Name(codec),
            ["baseOffset"] = records[0].Offset,
            ["records"] = new JsonArray([.. records.Select(record => record.ToJson())]),
        }.ToJsonString()}").ToList();

        foreach (var (records, answer) in sets.Zip(oracle.AskMany(commands)))
        {
            Assert.True(answer.GetProperty("ok").GetBoolean(), answer.GetRawText());
            var set = Convert.FromHexString(answer.GetProperty("hex").GetString()!);
            var expected = magic == 0 ? [.. records.Select(record => record with { Timestamp = -1 })] : records;
            OracleBatchTests.AssertSame(expected, TestRecord.ReadMessageSet(set));

            using var verdict = BatchValidator.Validate(set, s_rules, produceVersion: 2, Forged.Now);
            Assert.True(verdict.IsValid, verdict.ErrorMessage);
            var batch = new RecordBatchView(verdict.Batches.Span);
            Assert.True(batch.IsCrcValid);
            Assert.Equal((codec, records.Count, 0L, records.Count - 1), (batch.Compression, batch.RecordCount, batch.BaseOffset, batch.LastOffsetDelta));
            OracleBatchTests.AssertSame(expected.Select((record, i) => record with { Offset = i }), TestRecord.ReadBatch(verdict.Batches.Span));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Our_down_conversion_is_that_of_Kafka(byte magic, CompressionCodec codec)
    {
        var random = new Random(300 + (magic * 10) + (int)codec);
        var buffers = Enumerable.Range(0, Rounds).Select(_ => Batches(random, codec)).ToList();
        var firstOffsets = buffers.Select(_ => 500L + random.Next(60)).ToList();
        var answers = oracle.AskMany([.. buffers.Zip(firstOffsets, (buffer, first) => $"convert {Convert.ToHexStringLower(buffer)} {magic} {first}")]);
        var ours = new List<byte[]>();
        for (var round = 0; round < Rounds; round++)
        {
            using var converted = MessageSets.DownConvert(buffers[round], magic, firstOffsets[round]);
            var kafka = Convert.FromHexString(answers[round].GetProperty("hex").GetString()!);
            if (codec == CompressionCodec.None)
                Assert.Equal(kafka, converted.Span.ToArray());
            OracleBatchTests.AssertSame(TestRecord.ReadMessageSet(kafka), TestRecord.ReadMessageSet(converted.Span));
            ours.Add(converted.Span.ToArray());
        }

        foreach (var (kafka, own) in answers.Zip(oracle.AskMany([.. ours.Select(set => $"batch {Convert.ToHexStringLower(set)}")])))
        {
            Assert.True(own.GetProperty("ok").GetBoolean(), own.GetRawText());
            var theirs = oracle.AskOk($"batch {kafka.GetProperty("hex").GetString()}");
            Assert.Equal(
                theirs.GetProperty("batches").EnumerateArray().SelectMany(batch => batch.GetProperty("records").EnumerateArray()).Select(record => OracleBatchTests.RecordOf(record).ToString()),
                own.GetProperty("batches").EnumerateArray().SelectMany(batch => batch.GetProperty("records").EnumerateArray()).Select(record => OracleBatchTests.RecordOf(record).ToString()));
            Assert.Equal(
                theirs.GetProperty("batches").EnumerateArray().Select(batch => (batch.GetProperty("baseOffset").GetInt64(), batch.GetProperty("lastOffset").GetInt64(), batch.GetProperty("maxTimestamp").GetInt64(), batch.GetProperty("timestampType").GetString())),
                own.GetProperty("batches").EnumerateArray().Select(batch => (batch.GetProperty("baseOffset").GetInt64(), batch.GetProperty("lastOffset").GetInt64(), batch.GetProperty("maxTimestamp").GetInt64(), batch.GetProperty("timestampType").GetString())));
        }
    }

    [Fact]
    public void Transaction_markers_are_left_out_of_a_down_conversion()
    {
        var marker = RecordBatchBuilder.Marker(ControlRecordType.Abort, 5, 1, 1, 1);
        using var converted = MessageSets.DownConvert([.. marker, .. new Forged().ToArray(), .. marker], magic: 1, firstOffset: 0);
        Assert.Equal("v"u8.ToArray(), Assert.Single(TestRecord.ReadMessageSet(converted.Span)).Value);
    }

    [Fact]
    public void Zstandard_cannot_be_converted_down_but_what_precedes_it_can()
    {
        var zstd = new Forged { Codec = CompressionCodec.Zstd }.ToArray();
        var refused = Assert.Throws<RecordFormatException>(() => MessageSets.DownConvert(zstd, magic: 1, firstOffset: 0));
        Assert.Equal(ErrorCode.UnsupportedCompressionType, refused.Error);
        using var converted = MessageSets.DownConvert([.. new Forged().ToArray(), .. zstd], magic: 1, firstOffset: 0);
        Assert.Single(TestRecord.ReadMessageSet(converted.Span));
    }

    [Fact]
    public void A_down_conversion_is_cut_at_the_fetch_size()
    {
        var batch = new Forged { Count = 10 }.ToArray();
        using var whole = MessageSets.DownConvert(batch, magic: 1, firstOffset: 0);
        using var cut = MessageSets.DownConvert(batch, magic: 1, firstOffset: 0, bytesMax: 100);
        Assert.Equal(whole.Span[..100].ToArray(), cut.Span.ToArray());
    }

    private static byte[] Batches(Random random, CompressionCodec codec)
    {
        var buffer = new List<byte>();
        var offset = 500L;
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var records = RandomRecords.Make(random, offset, gaps: true);
            using var builder = new RecordBatchBuilder { Compression = codec, LogAppendTime = random.Next(3) == 0 ? 1_600_000_000_000 : null };
            foreach (var record in records)
                record.AddTo(builder);
            buffer.AddRange(builder.ToArray());
            offset = records[^1].Offset + 1;
        }

        return [.. buffer];
    }
}
