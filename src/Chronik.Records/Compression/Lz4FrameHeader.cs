using System.Buffers.Binary;
using System.Numerics;

namespace Chronik.Records;

/// <summary>The header of an LZ4 frame, and its checksum in the right and in the wrong way.</summary>
internal static class Lz4FrameHeader
{
    /// <summary>The longest header that Kafka knows: magic, flags, block descriptor, content size, checksum.</summary>
    public const int LengthMax = 4 + 2 + 8 + 1;

    private const uint Magic = 0x184D2204;
    private const int LengthMin = 4 + 2 + 1;
    private const int FlagsAt = 4;
    private const byte ContentSizeFlag = 0x08;
    private const byte BlocksIndependentFlag = 0x20;

    // Version 1, reserved bit and dictionary unset: what every Kafka client can read.
    private const byte FixedFlagsMask = 0xC3;
    private const byte FixedFlags = 0x40;

    /// <summary>Reads the header's length; false where Kafka's clients could not read the frame.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> frame, out int length)
    {
        length = 0;
        if (frame.Length < LengthMin || BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic)
            return false;
        var flags = frame[FlagsAt];
        if ((flags & FixedFlagsMask) != FixedFlags || (flags & BlocksIndependentFlag) == 0)
            return false;
        length = LengthMin + ((flags & ContentSizeFlag) != 0 ? sizeof(long) : 0);
        return frame.Length >= length;
    }

    /// <summary>The bytes of the largest block: 64 KiB to 4 MiB.</summary>
    public static int BlockBytesMax(ReadOnlySpan<byte> header) => 1 << (8 + (2 * ((header[FlagsAt + 1] >> 4) & 7)));

    /// <summary>The checksum as the format wants it: of the descriptor.</summary>
    public static byte Checksum(ReadOnlySpan<byte> header) => ChecksumOf(header[FlagsAt..^1]);

    /// <summary>The checksum as Kafka wrote it before message format 1: of magic and descriptor (KAFKA-3160).</summary>
    public static byte BrokenChecksum(ReadOnlySpan<byte> header) => ChecksumOf(header[..^1]);

    private static byte ChecksumOf(ReadOnlySpan<byte> bytes) => (byte)(ShortXxHash32(bytes) >> 8);

    /// <summary>xxHash32 with seed 0 of fewer than 16 bytes, which is all that a header has.</summary>
    internal static uint ShortXxHash32(ReadOnlySpan<byte> bytes)
    {
        const uint Prime1 = 2654435761, Prime2 = 2246822519, Prime3 = 3266489917, Prime4 = 668265263, Prime5 = 374761393;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bytes.Length, 16);
        var hash = Prime5 + (uint)bytes.Length;
        for (; bytes.Length >= sizeof(uint); bytes = bytes[sizeof(uint)..])
            hash = BitOperations.RotateLeft(hash + (BinaryPrimitives.ReadUInt32LittleEndian(bytes) * Prime3), 17) * Prime4;
        foreach (var one in bytes)
            hash = BitOperations.RotateLeft(hash + (one * Prime5), 11) * Prime1;
        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }
}
