using Chronik.Protocol;

namespace Chronik.Records.Tests;

public sealed class CompressionTests
{
    public static TheoryData<CompressionCodec> Codecs => [CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_is_compressed_comes_back(CompressionCodec codec)
    {
        var random = new Random(5);
        foreach (var length in (int[])[0, 1, 61, 1000, 32 * 1024, (32 * 1024) + 1, 64 * 1024, 300_000])
        {
            foreach (var noise in (bool[])[true, false])
            {
                var bytes = new byte[length];
                if (noise)
                    random.NextBytes(bytes);
                using var compressed = Compressions.Compress(codec, bytes);
                using var back = Compressions.Decompress(codec, compressed.Span, length);
                Assert.Equal(bytes, back.Span.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip, 1)]
    [InlineData(CompressionCodec.Gzip, 9)]
    [InlineData(CompressionCodec.Lz4, 1)]
    [InlineData(CompressionCodec.Lz4, 12)]
    [InlineData(CompressionCodec.Zstd, -7)]
    [InlineData(CompressionCodec.Zstd, 22)]
    public void Every_level_of_a_codec_is_readable(CompressionCodec codec, int level)
    {
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes.AsSpan(0, 30_000));
        using var compressed = Compressions.Compress(codec, bytes, level);
        using var back = Compressions.Decompress(codec, compressed.Span, bytes.Length);
        Assert.Equal(bytes, back.Span.ToArray());
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decompression_stops_at_its_bound(CompressionCodec codec)
    {
        using var compressed = Compressions.Compress(codec, new byte[10_000]);
        var refused = Assert.Throws<RecordFormatException>(() => Compressions.Decompress(codec, compressed.Span, 9_999));
        Assert.Equal(ErrorCode.MessageTooLarge, refused.Error);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Every_cut_is_malformed_or_shorter_never_wrong(CompressionCodec codec)
    {
        var bytes = new byte[2000];
        new Random(2).NextBytes(bytes.AsSpan(0, 1000));
        using var compressed = Compressions.Compress(codec, bytes);
        for (var length = 0; length < compressed.Length; length++)
        {
            try
            {
                using var back = Compressions.Decompress(codec, compressed.Span[..length], 1 << 20);
                Assert.True(bytes.AsSpan().StartsWith(back.Span));
            }
            catch (RecordFormatException e)
            {
                Assert.Equal(ErrorCode.InvalidRecord, e.Error);
            }
        }
    }

    [Fact]
    public void Snappy_without_framing_is_read_too()
    {
        byte[] text = [.. Enumerable.Repeat("one raw block, as librdkafka once wrote it; "u8.ToArray(), 200).SelectMany(part => part)];
        using var back = Compressions.Decompress(CompressionCodec.Snappy, IronSnappy.Snappy.Encode(text), text.Length);
        Assert.Equal(text, back.Span.ToArray());
    }

    [Fact]
    public void Snappy_streams_one_behind_the_other_are_one()
    {
        using var first = Compressions.Compress(CompressionCodec.Snappy, "one "u8);
        using var second = Compressions.Compress(CompressionCodec.Snappy, "two"u8);
        using var back = Compressions.Decompress(CompressionCodec.Snappy, [.. first.Span, .. second.Span], 100);
        Assert.Equal("one two"u8.ToArray(), back.Span.ToArray());
    }

    [Fact]
    public void Snappy_copies_that_overlap_or_reach_before_the_start_are_told_apart()
    {
        var repeated = new byte[8];
        Assert.True(SnappyBlock.TryDecode([0x00, (byte)'a', 0x0D, 0x01], repeated));
        Assert.Equal("aaaaaaaa"u8.ToArray(), repeated);
        Assert.False(SnappyBlock.TryDecode([0x00, (byte)'a', 0x0D, 0x02], repeated));
        Assert.False(SnappyBlock.TryDecode([0x00, (byte)'a', 0x0D, 0x00], repeated));
        Assert.False(SnappyBlock.TryDecode([0x00, (byte)'a', 0x11, 0x01], repeated));
        Assert.False(SnappyBlock.TryDecode([0xFC, 0xff, 0xff, 0xff, 0xff], repeated));
    }

    [Fact]
    public void Several_gzip_members_are_one_stream()
    {
        using var first = Compressions.Compress(CompressionCodec.Gzip, "one "u8);
        using var second = Compressions.Compress(CompressionCodec.Gzip, "two"u8);
        using var back = Compressions.Decompress(CompressionCodec.Gzip, [.. first.Span, .. second.Span], 100);
        Assert.Equal("one two"u8.ToArray(), back.Span.ToArray());
    }

    [Fact]
    public void Lz4_header_checksums_are_known_right_and_wrong()
    {
        using var frame = Compressions.Compress(CompressionCodec.Lz4, "hello"u8);
        Assert.True(Lz4FrameHeader.TryReadLength(frame.Span, out var length));
        Assert.Equal(frame.Span[length - 1], Lz4FrameHeader.Checksum(frame.Span[..length]));

        // Java's 0.9 client wrote this header, with the checksum of KAFKA-3160.
        Lz4Compressor.BreakChecksum(frame.Span);
        Assert.Equal(0x1a, frame.Span[length - 1]);
        Assert.Throws<RecordFormatException>(() => Compressions.Decompress(CompressionCodec.Lz4, frame.Span, 100));
        using var back = Compressions.Decompress(CompressionCodec.Lz4, frame.Span, 100, lz4ChecksumBroken: true);
        Assert.Equal("hello"u8.ToArray(), back.Span.ToArray());
    }

    [Fact]
    public void Lz4_with_linked_blocks_is_refused_because_no_java_client_could_read_it()
    {
        using var frame = Compressions.Compress(CompressionCodec.Lz4, "hello"u8);
        frame.Span[4] &= 0xDF;
        Assert.True(frame.Length > 7);
        frame.Span[6] = Lz4FrameHeader.ShortXxHash32(frame.Span[4..6]) is var hash ? (byte)(hash >> 8) : (byte)0;
        Assert.Throws<RecordFormatException>(() => Compressions.Decompress(CompressionCodec.Lz4, frame.Span, 100));
    }

    [Fact]
    public void A_library_that_is_missing_is_named_with_its_package()
    {
        var missing = NativeCodecs.Missing(NativeCodecs.Zstd);
        Assert.Equal(ErrorCode.UnsupportedCompressionType, missing.Error);
        Assert.Contains("libzstd1", missing.Message, StringComparison.Ordinal);
        Assert.Throws<RecordFormatException>(() => NativeCodecs.Require("nosuchcodec"));
    }
}
