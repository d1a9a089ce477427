using System.Buffers;
using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Recovery;

/// <summary>
/// Reads the end of a segment batch by batch, checks every checksum, and rebuilds its indexes. Stops at a torn tail; steps
/// over damage that has valid batches behind it.
/// </summary>
internal sealed class SegmentScan : IDisposable
{
    private const int WindowBytes = 1 << 20;
    private const int PageBytes = 4096;
    private const int BatchLengthAt = 8;
    private const int MagicAt = 16;

    private readonly Segment _segment;
    private readonly LeaderEpochs _epochs;
    private readonly int _indexIntervalBytes;
    private readonly int _fileBytes;
    private byte[] _window = ArrayPool<byte>.Shared.Rent(WindowBytes);
    private int _windowStart;
    private int _windowLength;

    public SegmentScan(Segment segment, LeaderEpochs epochs, LogConfig config)
    {
        _segment = segment;
        _epochs = epochs;
        _indexIntervalBytes = config.IndexIntervalBytes;
        _fileBytes = (int)Math.Min(segment.File.Length, int.MaxValue);
    }

    /// <summary>Behind the last valid batch.</summary>
    public long NextOffset { get; private set; }

    /// <summary>Ranges that were stepped over.</summary>
    public List<DamagedRange> Damage { get; } = [];

    /// <summary>
    /// Scans from where the segment's size stands to the end of the file, and takes each valid batch into the segment.
    /// </summary>
    /// <param name="nextOffset">The offset that is expected there.</param>
    /// <param name="followingOffset">The base offset of the next segment, or null.</param>
    public void Run(long nextOffset, long? followingOffset)
    {
        NextOffset = nextOffset;
        while (_segment.SizeBytes < _fileBytes)
        {
            var position = _segment.SizeBytes;
            if (TryBatch(position, out var batch))
            {
                if (batch.BaseOffset >= followingOffset)
                    return;
                _epochs.Observe(batch.PartitionLeaderEpoch, batch.BaseOffset);
                _segment.Account(batch, _indexIntervalBytes);
                NextOffset = batch.NextOffset;
            }
            else if (BehindDamage(position, followingOffset) is { } next && !LooksUnwritten(position, next.Position))
            {
                StepOver(next.Position, next.Offset);
            }
            else
            {
                return;
            }
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_window);

    private void StepOver(int position, long offset)
    {
        Damage.Add(new DamagedRange(NextOffset, offset, _segment.SizeBytes, position));
        _segment.Skip(position - _segment.SizeBytes);
        NextOffset = offset;
    }

    // Where valid batches go on: in this segment, or in the next if this one's last batch was written in full.
    private (int Position, long Offset)? BehindDamage(int position, long? followingOffset)
    {
        if (FindNext(position) is { } next)
            return next;
        return followingOffset > NextOffset && IsWholeButWrong(position) ? (_fileBytes, followingOffset.Value) : null;
    }

    private bool TryBatch(int position, out RecordBatchView batch)
    {
        batch = default;
        if (_fileBytes - position < RecordBatchHeader.SizeInBytes)
            return false;
        var header = Window(position, RecordBatchHeader.SizeInBytes);
        var length = BinaryPrimitives.ReadInt32BigEndian(header[BatchLengthAt..]);
        if (length < RecordBatchHeader.BatchLengthMin || length > _fileBytes - position - RecordBatchHeader.LogOverhead)
            return false;
        return RecordBatchView.TryRead(Window(position, RecordBatchHeader.LogOverhead + length), out batch)
            && batch.BaseOffset >= NextOffset
            && batch.LastOffsetDelta >= 0
            && batch.LastOffset - _segment.BaseOffset <= int.MaxValue
            && batch.IsCrcValid;
    }

    // A batch whose header fits the file's end exactly: it was written in full, so what is wrong in it happened later.
    private bool IsWholeButWrong(int position) =>
        _fileBytes - position >= RecordBatchHeader.SizeInBytes
        && BinaryPrimitives.ReadInt32BigEndian(Window(position, RecordBatchHeader.SizeInBytes)[BatchLengthAt..]) == _fileBytes - position - RecordBatchHeader.LogOverhead;

    private (int Position, long Offset)? FindNext(int damaged)
    {
        var position = damaged + 1;
        while (position <= _fileBytes - RecordBatchHeader.SizeInBytes)
        {
            var bytes = Window(position, Math.Min(WindowBytes, _fileBytes - position));
            var magic = bytes[MagicAt..].IndexOf(RecordBatchHeader.CurrentMagic);
            if (magic < 0)
            {
                position += bytes.Length - MagicAt;
                continue;
            }

            position += magic;
            if (TryBatch(position, out var batch))
                return (position, batch.BaseOffset);
            position++;
        }

        return null;
    }

    // After a power cut, pages that never reached the disk read as zeros, and what was appended with them may be there. Such
    // records were never durable, so the log ends where they start. Anything else is damage to records that may have been.
    private bool LooksUnwritten(int position, int end)
    {
        var pageEnd = Math.Min(end, (position / PageBytes + 1) * PageBytes);
        if (IsZero(position, pageEnd))
            return true;
        for (var page = pageEnd; page + PageBytes <= end; page += PageBytes)
        {
            if (IsZero(page, page + PageBytes))
                return true;
        }

        return false;
    }

    private bool IsZero(int position, int end) => !Window(position, end - position).ContainsAnyExcept((byte)0);

    private ReadOnlySpan<byte> Window(int position, int length)
    {
        if (position >= _windowStart && position + length <= _windowStart + _windowLength)
            return _window.AsSpan(position - _windowStart, length);
        if (_window.Length < length)
        {
            ArrayPool<byte>.Shared.Return(_window);
            _window = ArrayPool<byte>.Shared.Rent(length);
        }

        _windowStart = position;
        _windowLength = _segment.File.Read(_window.AsSpan(0, Math.Min(_window.Length, _fileBytes - position)), position);
        return _windowLength >= length
            ? _window.AsSpan(0, length)
            : throw new EndOfStreamException($"{_segment.File.Path} became shorter while it was read.");
    }
}
