using System.Buffers.Binary;
using Chronik.Records;

namespace Chronik.Storage.Verification;

/// <summary>
/// Takes a segment file apart into batches and what is none. Nothing is believed that was not checked: a batch counts if its
/// checksum is right and its offsets fit between those before and behind it.
/// </summary>
internal sealed class LogPartReader
{
    private const int BatchLengthAt = 8;
    public const int MagicAt = 16;
    private const int AttributesAt = 21;
    private const short KnownAttributes = 0x7f;
    private const int ChainBytes = 1 << 20;

    private readonly FileWindow _file;
    private readonly SegmentPlace _place;
    private long _position;
    private long _next;

    /// <param name="file">The segment file.</param>
    /// <param name="place">Where the segment stands in its log.</param>
    public LogPartReader(FileWindow file, SegmentPlace place)
    {
        _file = file;
        _place = place;
        _next = place.BaseOffset;
    }

    /// <summary>The part at hand.</summary>
    public LogPart Current { get; private set; }

    /// <summary>The offset behind the last batch so far.</summary>
    public long NextOffset => _next;

    /// <summary>Goes to the next part; false at the end of the file.</summary>
    public bool MoveNext()
    {
        if (_position >= _file.Length)
            return false;
        Current = TryBatch(_position, out var header) && PartOf(header) is { } part ? part : WithoutBatch(_position);
        _position = Current.End;
        _next = Math.Max(_next, Current.NextOffset);
        return true;
    }

    /// <summary>A header that can be one: format, length and counts; the checksum is not looked at.</summary>
    public bool TryHeader(long position, out BatchHeader header)
    {
        header = default;
        var bytes = _file.At(position, RecordBatchHeader.SizeInBytes);
        if (bytes.Length < RecordBatchHeader.SizeInBytes || bytes[MagicAt] != RecordBatchHeader.CurrentMagic
            || _file.IsUnreadable(position, position + RecordBatchHeader.SizeInBytes))
            return false;
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[BatchLengthAt..]);
        if (length < RecordBatchHeader.BatchLengthMin || length > _file.Length - position - RecordBatchHeader.LogOverhead)
            return false;
        var batch = new RecordBatchView(bytes);
        if (batch.LastOffsetDelta < 0 || batch.RecordCount < 0 || batch.BaseOffset < 0 || (batch.Attributes & ~KnownAttributes) != 0)
            return false;
        header = BatchHeader.Of(batch, position);
        return true;
    }

    /// <summary>A whole batch whose checksum is right. What cannot be read is none, whatever stands for it.</summary>
    public bool TryBatch(long position, out BatchHeader header) =>
        TryHeader(position, out header)
        && !_file.IsUnreadable(position, header.End)
        && _file.Crc(position + AttributesAt, header.SizeInBytes - AttributesAt) == header.Crc
        && !_file.IsUnreadable(position, header.End);

    private LogPart? PartOf(BatchHeader header)
    {
        if (KnownOffset(header) is { } known)
        {
            if (known == header.BaseOffset)
                return Fits(header) ? Right(header) : null;
            return known >= _next && Fits(header with { BaseOffset = known })
                ? new LogPart(LogPartKind.WrongOffset, header.Position, header.End, known, known + header.LastOffsetDelta + 1, header)
                : null;
        }

        var proven = _next + header.LastOffsetDelta + 1;
        var isProven = header.BaseOffset != _next && GoesOn(header.End, proven);
        if (!Fits(header))
            return isProven ? Wrong(header, proven) : null;
        if (header.BaseOffset == _next)
            return Right(header);

        // A gap. Compaction leaves such, but a batch that takes the place of those behind it is a liar.
        if (isProven && !_place.IsGapKnown(_next, header.BaseOffset))
            return Wrong(header, proven);
        return TryHeader(header.End, out var following) && following.BaseOffset >= _next && following.BaseOffset < header.NextOffset
            ? null
            : Right(header);
    }

    private long? KnownOffset(BatchHeader header) =>
        header.Position <= int.MaxValue ? _place.Known?.OffsetAt((int)header.Position, header.Crc) : null;

    private bool IsAsKnown(BatchHeader header) => KnownOffset(header) is not { } known || known == header.BaseOffset;

    private LogPart Right(BatchHeader header) => new(LogPartKind.Batch, header.Position, header.End, _next, header.NextOffset, header);

    private LogPart Wrong(BatchHeader header, long proven) =>
        new(LogPartKind.WrongOffset, header.Position, header.End, _next, proven, header);

    private bool Fits(BatchHeader header) =>
        header.BaseOffset >= _next
        && header.LastOffset - _place.BaseOffset <= int.MaxValue
        && header.NextOffset <= _place.FollowingOffset;

    // Whether what stands at a position begins with an offset, so that what ends in front of both fits exactly.
    private bool GoesOn(long position, long offset) => position < _file.Length
        ? TryHeader(position, out var following) && following.BaseOffset == offset
        : _place.FollowingOffset == offset || _place.EndOffset == offset;

    private LogPart WithoutBatch(long position)
    {
        var hasHeader = TryHeader(position, out var claimed);
        if (FindNext(position, hasHeader ? claimed.End : null) is { } next)
            return new LogPart(LogPartKind.Damage, position, next.Position, _next, next.BaseOffset, default);

        // All of it was written if the next segment, or the offset that was durable, says so.
        var end = _place.FollowingOffset != long.MaxValue ? _place.FollowingOffset : Math.Max(_next, _place.DurableOffset);
        var kind = end > _next ? LogPartKind.Damage : LogPartKind.Tail;
        return new LogPart(kind, position, _file.Length, _next, end, default);
    }

    // First where the damaged batch itself says that it ends: its records may hold whole batches, of a mirror for example. What
    // was found and is followed by what should stand before it was copied there from behind.
    private BatchHeader? FindNext(long damaged, long? claimedEnd)
    {
        if (claimedEnd == _file.Length)
            return null;
        var found = claimedEnd is { } end && TryBatch(end, out var claimed) && Fits(claimed) && IsAsKnown(claimed) ? claimed : Look(damaged + 1);
        while (found is { } candidate)
        {
            var position = Follow(candidate);
            if (position >= _file.Length || Look(position) is not { } next || next.BaseOffset >= candidate.BaseOffset)
                break;
            found = next;
        }

        return found;
    }

    // Where the batches that follow each other from one on end, or are enough.
    private long Follow(BatchHeader batch)
    {
        var start = batch.Position;
        while (TryBatch(batch.End, out var next) && next.BaseOffset >= batch.NextOffset)
        {
            batch = next;
            if (batch.End - start > ChainBytes)
                return _file.Length;
        }

        return batch.End;
    }

    // Damage in front of a batch may have reached its offset, which has no checksum: it is believed if what follows goes on from it.
    private bool IsFollowed(BatchHeader candidate)
    {
        if (candidate.End == _file.Length || KnownOffset(candidate) == candidate.BaseOffset)
            return true;
        return TryHeader(candidate.End, out var following)
            && (following.BaseOffset <= candidate.NextOffset || _place.IsGapKnown(candidate.NextOffset, following.BaseOffset) || !TryBatch(candidate.End, out _));
    }

    private BatchHeader? Look(long position)
    {
        for (; position <= _file.Length - RecordBatchHeader.SizeInBytes; position++)
        {
            var bytes = _file.At(position, FileWindow.Bytes);
            var magic = bytes[MagicAt..].IndexOf(RecordBatchHeader.CurrentMagic);
            if (magic < 0)
            {
                position += bytes.Length - MagicAt - 1;
                continue;
            }

            position += magic;
            if (TryHeader(position, out var candidate) && Fits(candidate) && TryBatch(position, out candidate) && IsAsKnown(candidate) && IsFollowed(candidate))
                return candidate;
        }

        return null;
    }
}
