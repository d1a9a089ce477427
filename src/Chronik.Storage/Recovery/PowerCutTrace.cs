using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Recovery;

/// <summary>
/// What a power cut leaves of writes that were not synced: sectors that never reached the disk read as zeros. A batch of
/// that kind was never acknowledged. See docs/formats/damage.md.
/// </summary>
internal static class PowerCutTrace
{
    private const int SectorBytes = 512;
    private const int BatchLengthAt = 8;
    private const int MagicAt = 16;
    private const int CrcAt = 17;
    private const int AttributesAt = 21;
    private const uint ReflectedPolynomial = 0x82f63b78;

    /// <summary>Whether bytes that are no right batch look as if a part of them was never written.</summary>
    /// <param name="file">The log file.</param>
    /// <param name="position">Where a batch should start.</param>
    /// <param name="end">Where right batches go on, or the file's end.</param>
    /// <param name="offset">The offset that is expected at the position.</param>
    public static bool LooksUnwritten(IFile file, int position, int end, long offset)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(end - position, 1));
        try
        {
            var read = bytes.AsSpan(0, file.Read(bytes.AsSpan(0, end - position), position));
            return (HasEmptySector(read, position, offset) || (end == file.Length && IsEndMissing(read, position))) && !IsOneFlippedBit(read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>
    /// Whether all is there of a batch but what lies in the sector where it begins, and of that only the offset is not zero anyway: the
    /// checksum does not cover it, and is right.
    /// </summary>
    /// <param name="file">The log file.</param>
    /// <param name="position">Where the batch should start.</param>
    /// <param name="end">The file's end.</param>
    /// <param name="offset">The offset that is expected at the position.</param>
    public static bool LacksOffsetOnly(IFile file, int position, int end, long offset)
    {
        var missing = SectorBytes - (position % SectorBytes);
        Span<byte> header = stackalloc byte[RecordBatchHeader.SizeInBytes];
        if (missing >= BatchLengthAt + sizeof(int) || end - position < header.Length || file.Read(header, position) != header.Length)
            return false;
        var found = BinaryPrimitives.ReadInt64BigEndian(header);
        var size = RecordBatchHeader.LogOverhead + (long)BinaryPrimitives.ReadInt32BigEndian(header[BatchLengthAt..]);
        var readable = missing < sizeof(long) ? offset & (long)(ulong.MaxValue >> (8 * missing)) : 0;
        if (found == offset || found != readable || !IsEmpty(header[..missing]) || size < header.Length || size > end - position)
            return false;
        var bytes = ArrayPool<byte>.Shared.Rent((int)size);
        try
        {
            return file.Read(bytes.AsSpan(0, (int)size), position) == size
                && RecordBatchView.TryRead(bytes.AsSpan(0, (int)size), out var batch)
                && batch is { LastOffsetDelta: >= 0, IsCrcValid: true };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    // Then nothing of a batch is missing. The same where its checksum is right, and it is something else that is wrong.
    private static bool IsOneFlippedBit(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < RecordBatchHeader.SizeInBytes)
            return false;
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[BatchLengthAt..]);
        if (length < RecordBatchHeader.BatchLengthMin || length > bytes.Length - RecordBatchHeader.LogOverhead)
            return false;
        var size = RecordBatchHeader.LogOverhead + length;
        var copy = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            bytes[..size].CopyTo(copy);
            copy[MagicAt] = RecordBatchHeader.CurrentMagic;
            return FlippedBit.TryMend(copy.AsSpan(0, size));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private static bool HasEmptySector(ReadOnlySpan<byte> bytes, int position, long offset)
    {
        // A batch starts with the zeros of its offset, so of its first sector more than those must be missing.
        var at = SectorBytes - (position % SectorBytes);
        var first = bytes[..Math.Min(at, bytes.Length)];
        if (IsEmpty(first) && (first.Length > BatchLengthAt + sizeof(int) || first.Length > BitOperations.LeadingZeroCount((ulong)offset) / 8))
            return true;
        for (; at < bytes.Length; at += SectorBytes)
        {
            if (IsEmpty(bytes.Slice(at, Math.Min(SectorBytes, bytes.Length - at))) && bytes.Length - at > MagicAt)
                return true;
        }

        return false;
    }

    // The last few bytes of a file may lie in a sector of their own, with the first of a batch that was to follow. A batch may end in zeros as well, so with fewer than the checksum
    // has, the checksum must say that it is these bytes that are wrong.
    private static bool IsEndMissing(ReadOnlySpan<byte> bytes, int position)
    {
        if (bytes.Length < RecordBatchHeader.SizeInBytes)
            return false;
        var size = RecordBatchHeader.LogOverhead + (long)BinaryPrimitives.ReadInt32BigEndian(bytes[BatchLengthAt..]);
        var count = (int)((position + size) % SectorBytes);
        if (size < RecordBatchHeader.SizeInBytes || size > bytes.Length || count is 0 or > MagicAt || !IsEmpty(bytes[((int)size - count)..]))
            return false;
        var wrong = BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]) ^ Crc32C.Compute(bytes[AttributesAt..(int)size]);
        if (count >= sizeof(uint))
            return wrong != 0;

        // Backwards over the last bytes: nothing but they may be left of the difference.
        for (var bit = 0; bit < 8 * count; bit++)
            wrong = wrong >> 31 == 0 ? wrong << 1 : ((wrong ^ ReflectedPolynomial) << 1) | 1;
        return wrong != 0 && wrong >> (8 * count) == 0;
    }

    private static bool IsEmpty(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);
}
