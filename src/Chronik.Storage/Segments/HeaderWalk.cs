using Chronik.Records;
using Chronik.Storage.IO;

namespace Chronik.Storage.Segments;

/// <summary>Walks the batches of a segment file by their headers alone; records are not read, checksums not looked at.</summary>
internal ref struct HeaderWalk
{
    /// <summary>Bytes that a caller should lend: a few small batches at a time.</summary>
    public const int BufferBytes = 2048;

    private readonly IFile _file;
    private readonly Span<byte> _buffer;
    private readonly int _end;
    private int _bufferStart;
    private int _bufferLength;

    public HeaderWalk(IFile file, int position, int end, Span<byte> buffer)
    {
        _file = file;
        _buffer = buffer;
        _end = end;
        Position = position;
    }

    /// <summary>Where the current batch starts; after the end, where the next would.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes of the current batch.</summary>
    public int SizeInBytes { get; private set; }

    /// <summary>The walk ended at something that is not a whole batch.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The current batch: its header only.</summary>
    public readonly RecordBatchView Header => new(_buffer.Slice(Position - _bufferStart, RecordBatchHeader.SizeInBytes));

    /// <summary>Goes to the next batch; the first call to the first.</summary>
    public bool MoveNext()
    {
        Position += SizeInBytes;
        SizeInBytes = 0;
        if (Position >= _end)
            return false;
        if (!TryFill())
        {
            IsBroken = true;
            return false;
        }

        var header = Header;
        var length = header.BatchLength;
        if (header.Magic != RecordBatchHeader.CurrentMagic
            || length < RecordBatchHeader.BatchLengthMin
            || length > _end - Position - RecordBatchHeader.LogOverhead)
        {
            IsBroken = true;
            return false;
        }

        SizeInBytes = header.SizeInBytes;
        return true;
    }

    private bool TryFill()
    {
        if (_end - Position < RecordBatchHeader.SizeInBytes)
            return false;
        if (_bufferLength > 0 && Position + RecordBatchHeader.SizeInBytes <= _bufferStart + _bufferLength)
            return true;
        _bufferStart = Position;
        _bufferLength = _file.Read(_buffer[..Math.Min(_buffer.Length, _end - Position)], Position);
        return _bufferLength >= RecordBatchHeader.SizeInBytes;
    }
}
