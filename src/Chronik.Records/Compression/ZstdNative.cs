using System.Runtime.InteropServices;

namespace Chronik.Records;

/// <summary>The stable part of libzstd's API (1.4 and later).</summary>
internal static unsafe partial class ZstdNative
{
    public const int CompressionLevelParameter = 100;
    public const int ResetSessionAndParameters = 3;

    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public byte* Start;
        public nuint Size;
        public nuint At;
    }

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateDecompression();

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecompression(nint context);

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_DCtx_reset")]
    public static partial nuint ResetDecompression(nint context, int what);

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_sizeof_DCtx")]
    public static partial nuint SizeOfDecompression(nint context);

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint Decompress(nint context, Buffer* output, Buffer* input);

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint CreateCompression();

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeCompression(nint context);

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_CCtx_reset")]
    public static partial nuint ResetCompression(nint context, int what);

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static partial nuint SetParameter(nint context, int parameter, int value);

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_compressBound")]
    public static partial nuint CompressBound(nuint length);

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_compress2")]
    public static partial nuint Compress(nint context, byte* destination, nuint capacity, byte* source, nuint length);

    [LibraryImport(NativeCodecs.Zstd, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);
}
