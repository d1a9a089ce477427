namespace Chronik.Records;

/// <summary>
/// Decompresses by pulling, so that whoever reads decides how much memory that takes and when it is too much.
/// The source must stay where it is until <see cref="IDisposable.Dispose"/>.
/// </summary>
internal abstract unsafe class Decompressor : IDisposable
{
    /// <summary>A decompressor for a batch's or wrapper message's payload.</summary>
    /// <param name="codec">Anything but <see cref="CompressionCodec.None"/>.</param>
    /// <param name="source">The compressed bytes, pinned.</param>
    /// <param name="length">How many.</param>
    /// <param name="lz4ChecksumBroken">Message format 0: LZ4's header checksum is not looked at (KAFKA-3160).</param>
    /// <exception cref="RecordFormatException">There is no such codec, or not even its header.</exception>
    public static Decompressor Create(CompressionCodec codec, byte* source, int length, bool lz4ChecksumBroken = false) => codec switch
    {
        _ when length == 0 => throw new RecordFormatException("The compressed data are empty."),
        CompressionCodec.Gzip => new GzipDecompressor(source, length),
        CompressionCodec.Snappy => new SnappyDecompressor(source, length),
        CompressionCodec.Lz4 => new Lz4Decompressor(source, length, lz4ChecksumBroken),
        CompressionCodec.Zstd => new ZstdDecompressor(source, length),
        _ => throw Compressions.Unknown(codec),
    };

    /// <summary>Decompresses the next bytes; 0 at the end.</summary>
    /// <exception cref="RecordFormatException">The source is malformed.</exception>
    public abstract int Read(Span<byte> destination);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
