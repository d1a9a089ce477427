namespace Chronik.Records;

/// <summary>One Zstandard frame.</summary>
internal static unsafe class ZstdCompressor
{
    private const int DefaultLevel = 3;

    private static readonly NativeContextPool s_contexts = new(NativeCodecs.Zstd, ZstdNative.CreateCompression, static context => ZstdNative.FreeCompression(context));

    public static void Compress(PooledBuffer buffer, ReadOnlySpan<byte> source, int? level)
    {
        var context = s_contexts.Rent();
        var capacity = ZstdNative.CompressBound((nuint)source.Length);
        try
        {
            ZstdNative.SetParameter(context, ZstdNative.CompressionLevelParameter, level ?? DefaultLevel);
            fixed (byte* to = buffer.Reserve((int)capacity))
            fixed (byte* from = source)
            {
                var written = ZstdNative.Compress(context, to, capacity, from, (nuint)source.Length);
                if (ZstdNative.IsError(written) != 0)
                    throw new InvalidOperationException("Zstandard compression failed.");
                buffer.Advance((int)written);
            }
        }
        finally
        {
            ZstdNative.ResetCompression(context, ZstdNative.ResetSessionAndParameters);
            s_contexts.Return(context, keep: level is null or <= 9);
        }
    }
}
