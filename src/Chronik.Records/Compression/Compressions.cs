using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>Compresses and decompresses the records of a batch, into pooled memory, never past a bound.</summary>
public static unsafe class Compressions
{
    /// <summary>Decompresses all of a payload.</summary>
    /// <param name="codec">How it is compressed.</param>
    /// <param name="source">The compressed bytes.</param>
    /// <param name="bytesMax">How many bytes may come out.</param>
    /// <exception cref="RecordFormatException">It is malformed (INVALID_RECORD), larger than the bound (MESSAGE_TOO_LARGE), or of a codec that is not there (UNSUPPORTED_COMPRESSION_TYPE).</exception>
    public static RentedBytes Decompress(CompressionCodec codec, ReadOnlySpan<byte> source, int bytesMax) =>
        Decompress(codec, source, bytesMax, lz4ChecksumBroken: false);

    /// <summary>Compresses a payload.</summary>
    /// <param name="codec">How; with <see cref="CompressionCodec.None"/> it is copied.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="level">The codec's own level, or null for its default; Snappy has none.</param>
    /// <exception cref="RecordFormatException">The codec is not there (UNSUPPORTED_COMPRESSION_TYPE).</exception>
    public static RentedBytes Compress(CompressionCodec codec, ReadOnlySpan<byte> source, int? level = null)
    {
        using var buffer = new PooledBuffer(source.Length / 2);
        CompressTo(buffer, codec, source, level);
        return buffer.Detach();
    }

    internal static RentedBytes Decompress(CompressionCodec codec, ReadOnlySpan<byte> source, int bytesMax, bool lz4ChecksumBroken)
    {
        using var buffer = new PooledBuffer((int)Math.Min(bytesMax, 4L * source.Length));
        fixed (byte* start = source)
        {
            using var decompressor = Decompressor.Create(codec, start, source.Length, lz4ChecksumBroken);
            while (decompressor.Read(buffer.Reserve(1)) is > 0 and var count)
            {
                buffer.Advance(count);
                if (buffer.Length > bytesMax)
                    throw TooLarge(bytesMax);
            }
        }

        return buffer.Detach();
    }

    internal static void CompressTo(PooledBuffer buffer, CompressionCodec codec, ReadOnlySpan<byte> source, int? level)
    {
        switch (codec)
        {
            case CompressionCodec.None:
                buffer.Write(source);
                break;
            case CompressionCodec.Gzip:
                CompressGzip(buffer, source, level);
                break;
            case CompressionCodec.Snappy:
                CompressSnappy(buffer, source);
                break;
            case CompressionCodec.Lz4:
                Lz4Compressor.Compress(buffer, source, level);
                break;
            case CompressionCodec.Zstd:
                ZstdCompressor.Compress(buffer, source, level);
                break;
            default:
                throw Unknown(codec);
        }
    }

    internal static RecordFormatException Unknown(CompressionCodec codec) =>
        new(ErrorCode.UnsupportedCompressionType, $"There is no compression type with id {(int)codec}.");

    internal static RecordFormatException TooLarge(int bytesMax) =>
        new(ErrorCode.MessageTooLarge, $"The records have more than {bytesMax} bytes when they are decompressed.");

    private static void CompressGzip(PooledBuffer buffer, ReadOnlySpan<byte> source, int? level)
    {
        // The BCL's stream writes nothing at all where nothing is written to it; the format wants an empty member.
        if (source.IsEmpty)
        {
            buffer.Write([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            return;
        }

        using var output = new PooledBufferStream(buffer);
        using var gzip = level is { } zlibLevel
            ? new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = zlibLevel })
            : new GZipStream(output, CompressionLevel.Optimal);
        gzip.Write(source);
    }

    private static void CompressSnappy(PooledBuffer buffer, ReadOnlySpan<byte> source)
    {
        // What Java's client writes, so that every reader knows it: version 1, readable by version 1, blocks of 32 KiB.
        const int BlockBytes = 32 * 1024;
        buffer.Write(SnappyDecompressor.FrameMagic);
        buffer.Write([0, 0, 0, 1, 0, 0, 0, 1]);
        for (; !source.IsEmpty; source = source[Math.Min(BlockBytes, source.Length)..])
        {
            var block = IronSnappy.Snappy.Encode(source[..Math.Min(BlockBytes, source.Length)]);
            BinaryPrimitives.WriteInt32BigEndian(buffer.Reserve(sizeof(int)), block.Length);
            buffer.Advance(sizeof(int));
            buffer.Write(block);
        }
    }
}
