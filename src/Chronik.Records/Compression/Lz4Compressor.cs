namespace Chronik.Records;

/// <summary>One LZ4 frame as Java's client writes it: independent blocks of 64 KiB.</summary>
internal static unsafe class Lz4Compressor
{
    private const uint Blocks64KiB = 4;
    private const uint BlocksIndependent = 1;

    public static void Compress(PooledBuffer buffer, ReadOnlySpan<byte> source, int? level)
    {
        NativeCodecs.Require(NativeCodecs.Lz4);
        var preferences = new Lz4Native.Preferences
        {
            BlockSizeId = Blocks64KiB,
            BlockMode = BlocksIndependent,
            CompressionLevel = level ?? 0,
        };
        var capacity = Lz4Native.CompressBound((nuint)source.Length, &preferences);
        fixed (byte* to = buffer.Reserve((int)capacity))
        fixed (byte* from = source)
        {
            var written = Lz4Native.Compress(to, capacity, from, (nuint)source.Length, &preferences);
            if (Lz4Native.IsError(written) != 0)
                throw new InvalidOperationException("LZ4 compression failed.");
            buffer.Advance((int)written);
        }
    }

    /// <summary>Gives the frame the wrong header checksum that readers of message format 0 expect (KAFKA-3160).</summary>
    public static void BreakChecksum(Span<byte> frame)
    {
        if (Lz4FrameHeader.TryReadLength(frame, out var length))
            frame[length - 1] = Lz4FrameHeader.BrokenChecksum(frame[..length]);
    }
}
