using System.Buffers;
using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Segments;

/// <summary>
/// Walks a segment's bytes batch by batch, with every check that there is: length, format, CRC-32C, and, for the fields
/// that the CRC does not cover, whether base offset and leader epoch agree with what stands before, behind and in the
/// epoch file. Steps over what is damaged. See docs/formats/damage.md.
/// </summary>
internal sealed class CheckedWalk : IDisposable
{
    private const int WindowBytes = 256 << 10;
    private const int ChainBytes = 1 << 20;
    private const int BatchLengthAt = 8;
    private const int MagicAt = 16;
    private const int UnknownEpoch = -1;

    private readonly IFile _file;
    private readonly SectorReader? _sectors;
    private readonly long _segmentOffset;
    private readonly int _end;
    private readonly long? _following;
    private readonly LeaderEpochs _epochs;
    private readonly bool _mayHaveGaps;
    private readonly BatchOffsets _known;
    private readonly TimeIndex _times;
    private bool _isLastKnown;
    private byte[] _window = ArrayPool<byte>.Shared.Rent(WindowBytes);
    private int _windowStart;
    private int _windowLength;
    private int _next;
    private int _epoch = UnknownEpoch;

    /// <param name="segment">Whose bytes.</param>
    /// <param name="from">A batch boundary, and the offset that is expected there.</param>
    /// <param name="end">Where the walk ends.</param>
    /// <param name="following">The offset at which what lies behind the end begins; null where nothing is known to.</param>
    /// <param name="epochs">The leader epochs of the partition.</param>
    /// <param name="mayHaveGaps">Whether compaction may have taken offsets between batches.</param>
    /// <param name="stepsOverUnreadable">Whether bytes that cannot be read count as no batch (<see cref="IsUnreadable"/>); else the walk fails.</param>
    public CheckedWalk(
        Segment segment, LogPosition from, int end, long? following, LeaderEpochs epochs, bool mayHaveGaps, bool stepsOverUnreadable = false)
    {
        _mayHaveGaps = mayHaveGaps;
        _file = segment.File;
        _sectors = stepsOverUnreadable ? new SectorReader(_file) : null;
        _known = segment.BatchOffsets;
        _times = segment.TimeIndex;
        _segmentOffset = segment.BaseOffset;
        _end = end;
        _following = following;
        _epochs = epochs;
        _next = Position = from.Position;
        NextOffset = from.Offset;
    }

    /// <summary>Where the current batch, damage or tail starts.</summary>
    public int Position { get; private set; }

    /// <summary>Behind the current batch or damage.</summary>
    public int EndPosition => _next;

    /// <summary>The offset that is expected behind the current batch or damage.</summary>
    public long NextOffset { get; private set; }

    /// <summary>A batch did not begin where the one before ended, and that is right: compaction was here.</summary>
    public bool HasGaps { get; private set; }

    /// <summary>
    /// At the end: the log was longer when it was compacted, and its time index has a batch that was there. The file that knows the batches may
    /// be of an older state of the log, which Kafka has compacted since; the time index is not.
    /// </summary>
    public bool LacksEnd => _isLastKnown && _times.LastOffset >= NextOffset && _known.KnowsBehind(_end);

    /// <summary>After <see cref="WalkStep.Batch"/>: the whole batch, until the next step.</summary>
    public RecordBatchView Batch => new(Window(Position, _next - Position));

    /// <summary>After <see cref="WalkStep.Damage"/>.</summary>
    public DamagedRange Damage { get; private set; }

    /// <summary>
    /// After <see cref="WalkStep.Damage"/> and <see cref="WalkStep.Tail"/>: some of it could not be read, so all of it may be right: also a batch
    /// in front of those bytes that lacks nothing but a witness behind it.
    /// </summary>
    public bool IsUnreadable => Overlaps(Position, _next > Position ? _next : _end);

    /// <summary>What the system said when bytes could not be read.</summary>
    public IOException? ReadError => _sectors?.Error;

    public WalkStep MoveNext()
    {
        Position = _next;
        if (Position >= _end)
            return WalkStep.End;

        // What was moved to the next segment after a failed sync may still stand here.
        if (NextOffset >= _following)
            return WalkStep.Tail;
        if (TryHead(Position, out var head) && IsInPlace(Position, head))
        {
            HasGaps |= head.BaseOffset > NextOffset;
            _isLastKnown = _known.OffsetAt(Position, head.Crc) is not null;
            _epoch = head.Epoch;
            _next = Position + head.SizeInBytes;
            NextOffset = head.NextOffset;
            return WalkStep.Batch;
        }

        if (FindNext(Position) is not { } next)
            return WalkStep.Tail;
        Damage = new DamagedRange(NextOffset, next.Offset, Position, next.Position);
        NextOffset = next.Offset;
        _next = next.Position;
        return WalkStep.Damage;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_window);
        _window = [];
    }

    private bool IsInPlace(int position, in Head head)
    {
        if (head.BaseOffset < NextOffset || head.NextOffset > (_following ?? long.MaxValue))
            return false;
        var isInPlace = _known.OffsetAt(position, head.Crc) is { } known
            ? head.BaseOffset == known
            : head.BaseOffset == NextOffset || IsGap(position, head);
        return isInPlace && (head.Epoch == _epoch || IsEpoch(position, head));
    }

    // Only compaction leaves gaps. Where what follows fits the offset that was expected here, it is the offset here that is wrong.
    private bool IsGap(int position, in Head head)
    {
        var follows = Behind(position, head, out var next);
        if (follows is null)
            return position + head.SizeInBytes < _end;
        if (follows < head.NextOffset)
            return false;
        return follows == head.NextOffset || NextOffset + (head.NextOffset - head.BaseOffset) != follows;
    }

    // Two of three must agree: the batch before, the epoch file, the batch behind. The file begins at the log's start, which may lie
    // within a batch; of what lies below it is only known that epochs do not go back.
    private bool IsEpoch(int position, in Head head)
    {
        if (head.Epoch < _epoch)
            return false;
        var known = _epochs.EpochOf(head.NextOffset - 1);
        if (known == head.Epoch)
            return true;
        var isFollowed = Behind(position, head, out var next) is not null && next.SizeInBytes > 0;
        if (isFollowed && next.Epoch == head.Epoch)
            return true;
        return known == UnknownEpoch && head.Epoch <= _epochs.First && !(isFollowed && next.Epoch < head.Epoch);
    }

    // The offset at which what follows a batch begins.
    private long? Behind(int position, in Head head, out Head next)
    {
        next = default;
        if (position + head.SizeInBytes >= _end)
            return _following;
        return TryHead(position + head.SizeInBytes, out next) ? next.BaseOffset : null;
    }

    private bool TryHead(int position, out Head head)
    {
        head = default;
        if (LengthAt(position) is not { } size || Overlaps(position, position + size))
            return false;
        if (!RecordBatchView.TryRead(Window(position, size), out var batch)
            || Overlaps(position, position + size)
            || batch.LastOffsetDelta < 0
            || batch.LastOffset - _segmentOffset > int.MaxValue
            || !batch.IsCrcValid)
            return false;
        head = new Head(batch.BaseOffset, batch.NextOffset, size, batch.PartitionLeaderEpoch, batch.Crc);
        return true;
    }

    // The size that a header claims, if it can be.
    private int? LengthAt(int position)
    {
        if (_end - position < RecordBatchHeader.SizeInBytes)
            return null;
        var header = Window(position, RecordBatchHeader.SizeInBytes);
        if (Overlaps(position, position + RecordBatchHeader.SizeInBytes))
            return null;
        var length = BinaryPrimitives.ReadInt32BigEndian(header[BatchLengthAt..]);
        return length < RecordBatchHeader.BatchLengthMin || length > _end - position - RecordBatchHeader.LogOverhead
            ? null
            : length + RecordBatchHeader.LogOverhead;
    }

    // What was found and is followed by what should stand before it was copied there from behind.
    private (int Position, long Offset)? FindNext(int damaged)
    {
        var found = FindByLengths(damaged) ?? FindByLooking(damaged + 1);
        while (found is { } candidate)
        {
            var position = Follow(candidate.Position);
            if (position >= _end || FindByLooking(position) is not { } next || next.Offset >= candidate.Offset)
                break;
            found = next;
        }

        return found;
    }

    // Mostly the lengths are right, and lead from batch to batch. They also keep clear of batches inside of records.
    private (int Position, long Offset)? FindByLengths(int damaged)
    {
        if (!LooksLikeBatch(damaged))
            return null;
        for (var position = damaged; LengthAt(position) is { } size;)
        {
            position += size;
            if (TryHead(position, out var head) && CanFollow(position, head))
                return (position, head.BaseOffset);
        }

        return null;
    }

    // Its length is believed if either what stands in front of it, or its checksum, is right.
    private bool LooksLikeBatch(int position) =>
        LengthAt(position) is not null
        && (BinaryPrimitives.ReadInt64BigEndian(Window(position, sizeof(long))) == NextOffset || TryHead(position, out _));

    // Where the batches that follow each other from one on end, or are enough.
    private int Follow(int start)
    {
        var (position, offset) = (start, 0L);
        while (TryHead(position, out var head) && head.BaseOffset >= offset)
        {
            (position, offset) = (position + head.SizeInBytes, head.NextOffset);
            if (position - start > ChainBytes)
                return _end;
        }

        return position;
    }

    // A batch inside of a record is not followed by a batch, so what is found must be, or end the segment.
    private (int Position, long Offset)? FindByLooking(int position)
    {
        while (position <= _end - RecordBatchHeader.SizeInBytes)
        {
            var bytes = Window(position, Math.Min(WindowBytes, _end - position));
            var magic = bytes[MagicAt..].IndexOf(RecordBatchHeader.CurrentMagic);
            if (magic < 0)
            {
                position += bytes.Length - MagicAt;
                continue;
            }

            position += magic;
            if (TryHead(position, out var head) && CanFollow(position, head)
                && (position + head.SizeInBytes == _end || Behind(position, head, out _) is not null))
                return (position, head.BaseOffset);
            position++;
        }

        return null;
    }

    // Damage in front of a batch may have reached its offset, which has no checksum: it is believed if what follows goes on from it.
    private bool CanFollow(int position, in Head head)
    {
        if (head.BaseOffset < NextOffset || head.NextOffset > (_following ?? long.MaxValue))
            return false;
        if (_known.OffsetAt(position, head.Crc) is { } known)
        {
            if (head.BaseOffset != known)
                return false;
        }
        else
        {
            var follows = Behind(position, head, out var next);
            if (follows < head.NextOffset || (next.SizeInBytes > 0 && follows > head.NextOffset && !_mayHaveGaps && !HasGaps))
                return false;
        }

        return head.Epoch == _epoch || IsEpoch(position, head);
    }

    private bool Overlaps(long start, long end) => _sectors?.Overlaps(start, end) == true;

    private ReadOnlySpan<byte> Window(int position, int length)
    {
        if (position >= _windowStart && position + length <= _windowStart + _windowLength)
            return _window.AsSpan(position - _windowStart, length);
        if (_window.Length < length)
        {
            ArrayPool<byte>.Shared.Return(_window);
            _window = [];
            _window = ArrayPool<byte>.Shared.Rent(length);
        }

        _windowStart = position;
        _windowLength = 0;
        var wanted = _window.AsSpan(0, Math.Min(_window.Length, _end - position));
        _windowLength = _sectors?.Read(wanted, position) ?? _file.Read(wanted, position);
        return _windowLength >= length
            ? _window.AsSpan(0, length)
            : throw new EndOfStreamException($"{_file.Path} became shorter while it was read.");
    }

    private readonly record struct Head(long BaseOffset, long NextOffset, int SizeInBytes, int Epoch, uint Crc);
}
