using System.Runtime.InteropServices;

namespace Chronik.Records;

/// <summary>The frame part of liblz4's API (1.8 and later).</summary>
internal static unsafe partial class Lz4Native
{
    public const uint Version = 100;

    [StructLayout(LayoutKind.Sequential)]
    public struct Preferences
    {
        public uint BlockSizeId;
        public uint BlockMode;
        public uint ContentChecksum;
        public uint FrameType;
        public ulong ContentSize;
        public uint DictionaryId;
        public uint BlockChecksum;
        public int CompressionLevel;
        public uint AutoFlush;
        public uint FavorDecompressionSpeed;
        private fixed uint _reserved[3];
    }

    [LibraryImport(NativeCodecs.Lz4, EntryPoint = "LZ4F_createDecompressionContext")]
    public static partial nuint CreateDecompression(nint* context, uint version);

    [LibraryImport(NativeCodecs.Lz4, EntryPoint = "LZ4F_freeDecompressionContext")]
    public static partial nuint FreeDecompression(nint context);

    [LibraryImport(NativeCodecs.Lz4, EntryPoint = "LZ4F_resetDecompressionContext")]
    public static partial void ResetDecompression(nint context);

    [LibraryImport(NativeCodecs.Lz4, EntryPoint = "LZ4F_decompress")]
    public static partial nuint Decompress(nint context, byte* destination, nuint* destinationLength, byte* source, nuint* sourceLength, void* options);

    [LibraryImport(NativeCodecs.Lz4, EntryPoint = "LZ4F_compressFrameBound")]
    public static partial nuint CompressBound(nuint length, Preferences* preferences);

    [LibraryImport(NativeCodecs.Lz4, EntryPoint = "LZ4F_compressFrame")]
    public static partial nuint Compress(byte* destination, nuint capacity, byte* source, nuint length, Preferences* preferences);

    [LibraryImport(NativeCodecs.Lz4, EntryPoint = "LZ4F_isError")]
    public static partial uint IsError(nuint code);
}
