using Chronik.Protocol;

namespace Chronik.Records.Tests;

/// <summary>What a broken or hostile producer sends, and the answer it gets; Kafka's, as the real broker gave it.</summary>
public sealed class HostileBatchTests
{
    private static readonly byte[] s_gzipMember = Compressed(CompressionCodec.Gzip, Forged.Record());

    public static TheoryData<string> Headers => [.. s_headers.Keys];

    public static TheoryData<string, CompressionCodec> Structures
    {
        get
        {
            var data = new TheoryData<string, CompressionCodec>();
            foreach (var name in s_structures.Keys)
            {
                foreach (var codec in Enum.GetValues<CompressionCodec>())
                    data.Add(name, codec);
            }

            return data;
        }
    }

    private static readonly Dictionary<string, (byte[] Bytes, ErrorCode Error)> s_headers = new()
    {
        ["nothing"] = ([], ErrorCode.InvalidRecord),
        ["two batches"] = ([.. new Forged().ToArray(), .. new Forged().ToArray()], ErrorCode.InvalidRecord),
        ["bytes behind the batch"] = ([.. new Forged().ToArray(), 1, 2, 3, 4, 5], ErrorCode.InvalidRecord),
        ["cut by one byte"] = (new Forged().ToArray()[..^1], ErrorCode.InvalidRecord),
        ["cut within the header"] = (new Forged().ToArray()[..30], ErrorCode.InvalidRecord),
        ["cut before the magic"] = (new Forged().ToArray()[..16], ErrorCode.InvalidRecord),
        ["magic 0"] = (new Forged { Magic = 0 }.ToArray(), ErrorCode.InvalidRecord),
        ["magic 1"] = (new Forged { Magic = 1 }.ToArray(), ErrorCode.InvalidRecord),
        ["magic 3"] = (new Forged { Magic = 3 }.ToArray(), ErrorCode.CorruptMessage),
        ["magic -1"] = (new Forged { Magic = 255 }.ToArray(), ErrorCode.CorruptMessage),
        ["wrong CRC"] = (new Forged { Crc = 5 }.ToArray(), ErrorCode.CorruptMessage),
        ["length 48"] = (new Forged { Length = 48 }.ToArray(), ErrorCode.CorruptMessage),
        ["length 49"] = (new Forged { Length = 49 }.ToArray(), ErrorCode.CorruptMessage),
        ["length 0"] = (new Forged { Length = 0 }.ToArray(), ErrorCode.CorruptMessage),
        ["length -1"] = (new Forged { Length = -1 }.ToArray(), ErrorCode.CorruptMessage),
        ["length Int.Min"] = (new Forged { Length = int.MinValue }.ToArray(), ErrorCode.CorruptMessage),
        ["length Int.Max"] = (new Forged { Length = int.MaxValue }.ToArray(), ErrorCode.InvalidRecord),
        ["lastOffsetDelta 5 of 1"] = (new Forged { LastOffsetDelta = 5 }.ToArray(), ErrorCode.InvalidRecord),
        ["lastOffsetDelta -1"] = (new Forged { LastOffsetDelta = -1 }.ToArray(), ErrorCode.InvalidRecord),
        ["count 0"] = (new Forged { Count = 0 }.ToArray(), ErrorCode.InvalidRecord),
        ["count -1"] = (new Forged { Count = -1, LastOffsetDelta = 0 }.ToArray(), ErrorCode.InvalidRecord),
        ["count Int.Min"] = (new Forged { Count = int.MinValue, LastOffsetDelta = int.MaxValue }.ToArray(), ErrorCode.InvalidRecord),
        ["count Int.Max"] = (new Forged { Count = int.MaxValue, Payload = Forged.Record() }.ToArray(), ErrorCode.InvalidRecord),
        ["base offset 5"] = (new Forged { BaseOffset = 5 }.ToArray(), ErrorCode.InvalidRecord),
        ["base offset -1"] = (new Forged { BaseOffset = -1 }.ToArray(), ErrorCode.InvalidRecord),
        ["control"] = (new Forged { Attributes = 0x20 }.ToArray(), ErrorCode.InvalidRecord),
        ["codec 5"] = (new Forged { Attributes = 5 }.ToArray(), ErrorCode.UnsupportedCompressionType),
        ["codec 6"] = (new Forged { Attributes = 6 }.ToArray(), ErrorCode.UnsupportedCompressionType),
        ["codec 7"] = (new Forged { Attributes = 7 }.ToArray(), ErrorCode.UnsupportedCompressionType),
        ["producer id, sequence -1"] = (new Forged { ProducerId = 5, ProducerEpoch = 0 }.ToArray(), ErrorCode.InvalidRecord),
        ["producer id, epoch -1"] = (new Forged { ProducerId = 5, ProducerEpoch = -1, BaseSequence = 0 }.ToArray(), ErrorCode.None),
        ["sequence wraps to 0"] = (new Forged { ProducerId = 5, ProducerEpoch = 0, BaseSequence = int.MaxValue, Count = 2 }.ToArray(), ErrorCode.None),
        ["codec 1 over raw bytes"] = (new Forged { Codec = CompressionCodec.Gzip, PayloadIsRaw = true }.ToArray(), ErrorCode.InvalidRecord),
        ["codec 2 over raw bytes"] = (new Forged { Codec = CompressionCodec.Snappy, PayloadIsRaw = true }.ToArray(), ErrorCode.InvalidRecord),
        ["codec 3 over raw bytes"] = (new Forged { Codec = CompressionCodec.Lz4, PayloadIsRaw = true }.ToArray(), ErrorCode.InvalidRecord),
        ["codec 4 over raw bytes"] = (new Forged { Codec = CompressionCodec.Zstd, PayloadIsRaw = true }.ToArray(), ErrorCode.InvalidRecord),
        ["codec 1 over nothing"] = (new Forged { Codec = CompressionCodec.Gzip, PayloadIsRaw = true, Payload = [] }.ToArray(), ErrorCode.InvalidRecord),
        ["codec 2 over nothing"] = (new Forged { Codec = CompressionCodec.Snappy, PayloadIsRaw = true, Payload = [] }.ToArray(), ErrorCode.InvalidRecord),
        ["codec 3 over nothing"] = (new Forged { Codec = CompressionCodec.Lz4, PayloadIsRaw = true, Payload = [] }.ToArray(), ErrorCode.InvalidRecord),
        ["codec 4 over nothing"] = (new Forged { Codec = CompressionCodec.Zstd, PayloadIsRaw = true, Payload = [] }.ToArray(), ErrorCode.InvalidRecord),
        ["two gzip members with a record each"] = (
            new Forged { Codec = CompressionCodec.Gzip, PayloadIsRaw = true, Count = 2, Payload = [.. s_gzipMember, .. Compressed(CompressionCodec.Gzip, Forged.Record(1))] }.ToArray(), ErrorCode.None),
        ["snappy chunk length -1"] = (Snappy([0xff, 0xff, 0xff, 0xff]), ErrorCode.InvalidRecord),
        ["snappy chunk length Int.Max"] = (Snappy([0x7f, 0xff, 0xff, 0xff]), ErrorCode.InvalidRecord),
        ["snappy block that declares Int.Max bytes"] = (Snappy([0, 0, 0, 6, 0xff, 0xff, 0xff, 0xff, 7, 0]), ErrorCode.InvalidRecord),
        ["LZ4 frame within an LZ4 frame"] = (
            new Forged { Codec = CompressionCodec.Lz4, Payload = Compressed(CompressionCodec.Lz4, Forged.Record()) }.ToArray(), ErrorCode.InvalidRecord),
        ["two LZ4 frames"] = (
            new Forged { Codec = CompressionCodec.Lz4, PayloadIsRaw = true, Count = 2, Payload = [.. Compressed(CompressionCodec.Lz4, Forged.Record()), .. Compressed(CompressionCodec.Lz4, Forged.Record(1))] }.ToArray(), ErrorCode.InvalidRecord),
    };

    private static readonly Dictionary<string, (byte[] Payload, int Count, ErrorCode Error)> s_structures = new()
    {
        ["one good record"] = (Forged.Record(), 1, ErrorCode.None),
        ["record length negative"] = (Forged.Record(length: -1), 1, ErrorCode.InvalidRecord),
        ["record length past the end"] = (Forged.Record(length: 100), 1, ErrorCode.InvalidRecord),
        ["record length Int.Max"] = (Forged.Record(length: int.MaxValue), 1, ErrorCode.InvalidRecord),
        ["record length too short"] = (Forged.Record(length: 5), 1, ErrorCode.InvalidRecord),
        ["record length with surplus"] = (Forged.Record(tail: [1, 2, 3]), 1, ErrorCode.InvalidRecord),
        ["record length 0"] = ([0], 1, ErrorCode.InvalidRecord),
        ["record length in six bytes"] = ([0xff, 0xff, 0xff, 0xff, 0xff, 1, .. Forged.Record()], 1, ErrorCode.InvalidRecord),
        ["header count past the end"] = (Forged.Record(headerCount: 100), 1, ErrorCode.InvalidRecord),
        ["header count negative"] = (Forged.Record(headerCount: -1), 1, ErrorCode.InvalidRecord),
        ["header count Int.Max"] = (Forged.Record(headerCount: int.MaxValue), 1, ErrorCode.InvalidRecord),
        ["header key null"] = (Forged.Record(headerCount: 1, headers: [.. Forged.Int(-1), .. Forged.Bytes([1])]), 1, ErrorCode.InvalidRecord),
        ["header value null"] = (Forged.Record(headerCount: 1, headers: [.. Forged.Bytes([1]), .. Forged.Int(-1)]), 1, ErrorCode.None),
        ["key length -5"] = ([14, 0, 0, 0, .. Forged.Int(-5), 2, 1, 0], 1, ErrorCode.InvalidRecord),
        ["key length Int.Max"] = ([.. Forged.Int(12), 0, 0, 0, .. Forged.Int(int.MaxValue), 1, 2, 3, 0], 1, ErrorCode.InvalidRecord),
        ["value length past the end"] = ([14, 0, 0, 0, .. Forged.Int(-1), .. Forged.Int(60), 2, 0], 1, ErrorCode.InvalidRecord),
        ["offset delta 5 first"] = (Forged.Record(5), 1, ErrorCode.InvalidRecord),
        ["offset deltas descend"] = ([.. Forged.Record(1), .. Forged.Record(0)], 2, ErrorCode.InvalidRecord),
        ["offset delta twice"] = ([.. Forged.Record(0), .. Forged.Record(0)], 2, ErrorCode.InvalidRecord),
        ["fewer records than the count"] = (Forged.Record(), 2, ErrorCode.InvalidRecord),
        ["more records than the count"] = ([.. Forged.Record(), .. Forged.Record(1)], 1, ErrorCode.InvalidRecord),
        ["bytes behind the records"] = ([.. Forged.Record(), 1, 2], 1, ErrorCode.InvalidRecord),
        ["large record, header count wrong"] = (Forged.Record(value: new byte[200_000], headerCount: 3), 1, ErrorCode.InvalidRecord),
        ["large record, surplus"] = (Forged.Record(value: new byte[200_000], tail: [0]), 1, ErrorCode.InvalidRecord),
        ["large record, negative key length"] = ([.. Forged.Int(200_000), 0, 0, 0, .. Forged.Int(-2), .. new byte[199_990]], 1, ErrorCode.InvalidRecord),
        ["large record, cut"] = (Forged.Record(value: new byte[200_000])[..150_000], 1, ErrorCode.InvalidRecord),
        ["large records with headers"] = (
            [.. Forged.Record(value: new byte[200_000], headerCount: 1, headers: [.. Forged.Bytes([1]), .. Forged.Bytes(new byte[100_000])]), .. Forged.Record(1, key: new byte[70_000])], 2, ErrorCode.None),
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_batch_that_is_wrong_outside_of_its_records_gets_its_error(string name)
    {
        var (bytes, error) = s_headers[name];
        using var verdict = BatchValidator.Validate(bytes, new BatchRules(), produceVersion: 9, Forged.Now);
        Assert.Equal(error, verdict.Error);
        Assert.Equal(error == ErrorCode.None, verdict.ErrorMessage is null);
    }

    [Theory]
    [MemberData(nameof(Structures))]
    public void A_batch_that_is_wrong_within_its_records_gets_its_error(string name, CompressionCodec codec)
    {
        var (payload, count, error) = s_structures[name];
        using var verdict = new Forged { Payload = payload, Count = count, Codec = codec }.Validate();
        Assert.Equal(error, verdict.Error);

        // The same verdict where the topic wants another codec, and the records are walked in another way.
        var other = codec == CompressionCodec.Gzip ? CompressionCodec.Lz4 : CompressionCodec.Gzip;
        using var rebuilt = new Forged { Payload = payload, Count = count, Codec = codec }.Validate(new BatchRules { Compression = other });
        Assert.Equal(error, rebuilt.Error);
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void A_bomb_ends_at_the_bound_and_takes_no_memory(CompressionCodec codec)
    {
        // 80 MB that compress to little; one record, so that nothing else is wrong with it but its size.
        var bomb = new Forged { Codec = codec, PayloadIsRaw = true, Payload = Compressed(codec, Forged.Record(value: new byte[80_000_000])) }.ToArray();
        var rules = new BatchRules { MessageBytesMax = 4 << 20 };
        Assert.InRange(bomb.Length, 0, rules.MessageBytesMax);
        Assert.Equal(64 << 20, rules.DecompressedBytesMax);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var verdict = BatchValidator.Validate(bomb, rules, produceVersion: 9, Forged.Now);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(ErrorCode.MessageTooLarge, verdict.Error);
        Assert.True(allocated < 1_000_000, $"{allocated} bytes");
    }

    [Fact]
    public void Any_byte_changed_in_a_compressed_payload_is_an_answer_not_an_exception()
    {
        var random = new Random(3);
        foreach (var codec in Enum.GetValues<CompressionCodec>())
        {
            var payload = Compressed(codec, [.. Enumerable.Range(0, 50).SelectMany(i => Forged.Record(i, value: new byte[i * 20]))]);
            for (var round = 0; round < 2000; round++)
            {
                var bytes = payload.ToArray();
                for (var changes = random.Next(1, 4); changes > 0; changes--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                if (random.Next(3) == 0)
                    bytes = bytes[..random.Next(bytes.Length)];
                using var verdict = new Forged { Codec = codec, PayloadIsRaw = true, Payload = bytes, Count = 50 }.Validate();
                Assert.Contains(verdict.Error, new[] { ErrorCode.None, ErrorCode.InvalidRecord, ErrorCode.InvalidTimestamp, ErrorCode.MessageTooLarge });
            }
        }
    }

    [Fact]
    public void A_batch_cut_at_any_byte_is_refused()
    {
        foreach (var codec in Enum.GetValues<CompressionCodec>())
        {
            var batch = new Forged { Count = 5, Codec = codec }.ToArray();
            for (var length = 0; length < batch.Length; length++)
            {
                using var verdict = BatchValidator.Validate(batch.AsMemory(0, length).ToArray(), new BatchRules(), produceVersion: 9, Forged.Now);
                Assert.False(verdict.IsValid);
            }
        }
    }

    private static byte[] Compressed(CompressionCodec codec, byte[] bytes)
    {
        using var compressed = Compressions.Compress(codec, bytes);
        return compressed.Span.ToArray();
    }

    private static byte[] Snappy(byte[] chunks) => new Forged
    {
        Codec = CompressionCodec.Snappy,
        PayloadIsRaw = true,
        Payload = [0x82, .. "SNAPPY\0"u8, 0, 0, 0, 1, 0, 0, 0, 1, .. chunks],
    }.ToArray();
}
