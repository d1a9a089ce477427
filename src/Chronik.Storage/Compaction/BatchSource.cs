using System.Buffers;
using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Compaction;

/// <summary>Reads a segment's batches one after another through one buffer, which grows for a batch that is larger and shrinks again.</summary>
internal sealed class BatchSource(int bufferBytes) : IDisposable
{
    private const int BatchLengthAt = 8;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(bufferBytes);
    private Segment? _segment;
    private int _start;
    private int _length;
    private int _at;
    private int _end;
    private long _nextOffset;
    private long _endOffset;

    /// <summary>Where the next batch lies in the file.</summary>
    public int Position => _start + _at;

    /// <summary>Whether all was read.</summary>
    public bool IsAtEnd => Position >= _end;

    /// <summary>Goes to a batch boundary of a segment.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="position">The boundary.</param>
    /// <param name="endOffset">Where the next segment begins.</param>
    public void Begin(Segment segment, int position, long endOffset)
    {
        if (segment.Damage.Length > 0)
            throw new UncleanableException($"{segment.File.Path} has damaged records at position {segment.Damage[0].Position}.");
        _segment = segment;
        _start = position;
        _length = _at = 0;
        _end = segment.SizeBytes;
        _nextOffset = segment.BaseOffset;
        _endOffset = endOffset;
    }

    /// <summary>Reads on; at least one whole batch. Returns how many bytes were read.</summary>
    public int Fill()
    {
        var segment = _segment!;
        _start = Position;
        _at = 0;
        Resize(bufferBytes);
        _length = Read(segment);
        if (_length >= RecordBatchHeader.LogOverhead)
        {
            var size = RecordBatchHeader.LogOverhead + (long)BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(BatchLengthAt));
            if (size > _length && size <= _end - _start)
            {
                Resize((int)size);
                _length = Read(segment);
            }
        }

        return RecordBatchView.TryRead(_buffer.AsSpan(0, _length), out _) ? _length : throw Broken();
    }

    /// <summary>The next batch of what was read; false where <see cref="Fill"/> must read on. Its checksum is right.</summary>
    public bool TryNext(out RecordBatchView batch)
    {
        if (!RecordBatchView.TryRead(_buffer.AsSpan(_at, _length - _at), out batch))
            return false;

        // The checksum does not cover the offset.
        if (!batch.IsCrcValid || batch.LastOffsetDelta < 0 || batch.BaseOffset < _nextOffset || batch.NextOffset > _endOffset)
            throw Broken();
        _nextOffset = batch.NextOffset;
        _at += batch.SizeInBytes;
        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private int Read(Segment segment) => segment.File.Read(_buffer.AsSpan(0, Math.Min(_buffer.Length, _end - _start)), _start);

    private void Resize(int bytes)
    {
        if (_buffer.Length >= bytes && _buffer.Length <= Math.Max(bytes, bufferBytes) * 2L)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(bytes);
    }

    private UncleanableException Broken() => new($"{_segment!.File.Path}: there is no valid batch at position {Position}.");
}
