using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>Walks the records of a message set, format 0 or 1, through its compressed messages. Checks every CRC. Dispose it.</summary>
/// <param name="set">Whole messages, nothing behind them.</param>
/// <param name="decompressedBytesMax">The bound of one message's decompressed set.</param>
public ref struct MessageSetReader(ReadOnlySpan<byte> set, int decompressedBytesMax = int.MaxValue) : IDisposable
{
    private readonly ReadOnlySpan<byte> _set = set;
    private readonly int _decompressedBytesMax = decompressedBytesMax;
    private RentedBytes? _inner;
    private long _innerBaseOffset;
    private int _innerAt;
    private int _at;
    private LegacyMessage _outer;

    /// <summary>The record at hand.</summary>
    public LegacyRecord Current { get; private set; }

    /// <summary>The codec of the message that the record at hand lies in.</summary>
    public readonly CompressionCodec Compression => _outer.Compression;

    /// <summary>The format of the message that the record at hand lies in: 0 or 1.</summary>
    public readonly byte Magic => _outer.Magic;

    /// <summary>The size of the message that the record at hand lies in, compressed or not.</summary>
    public readonly int MessageSizeInBytes => _outer.SizeInBytes;

    /// <summary>How many bytes of the set lie behind the message that the record at hand lies in.</summary>
    public readonly int RestInBytes => _set.Length - _at;

    /// <summary>Goes to the next record.</summary>
    /// <exception cref="RecordFormatException">There is one, but it is malformed or damaged.</exception>
    public bool MoveNext()
    {
        if (_inner is not null && _innerAt < _inner.Length)
            return MoveNextInner();
        CloseInner();
        if (_at == _set.Length)
            return false;
        _outer = LegacyMessage.Read(_set[_at..]);
        _at += _outer.SizeInBytes;
        if (_outer.Compression == CompressionCodec.None)
        {
            Current = new LegacyRecord(_outer, _outer.Offset, _outer.Timestamp, _outer.TimestampType);
            return true;
        }

        OpenInner();
        return MoveNextInner();
    }

    /// <summary>Gives pooled memory back.</summary>
    public void Dispose() => CloseInner();

    private void OpenInner()
    {
        if (_outer.Compression >= CompressionCodec.Zstd)
            throw new RecordFormatException(ErrorCode.UnsupportedCompressionType, $"Message format {_outer.Magic} has no compression type with id {(int)_outer.Compression}.");
        if (_outer.Value.IsEmpty)
            throw new RecordFormatException("Found invalid compressed record set with null value");
        _inner = Compressions.Decompress(_outer.Compression, _outer.Value, _decompressedBytesMax, lz4ChecksumBroken: _outer.Magic == 0);
        _innerAt = 0;
        _innerBaseOffset = 0;
        if (_inner.Length == 0)
            throw new RecordFormatException("Found invalid compressed record set with no records");
        if (_outer.Magic == 1)
            _innerBaseOffset = _outer.Offset - LastInnerOffset(_inner.Span);
    }

    private bool MoveNextInner()
    {
        var message = LegacyMessage.Read(_inner!.Span[_innerAt..]);
        if (message.Magic != _outer.Magic)
            throw new RecordFormatException("A compressed message holds a message of another format.");
        if (message.Compression != CompressionCodec.None)
            throw new RecordFormatException("A compressed message holds another one.");
        _innerAt += message.SizeInBytes;
        var timestamp = _outer.TimestampType == TimestampType.LogAppendTime ? _outer.Timestamp : message.Timestamp;
        Current = new LegacyRecord(message, _innerBaseOffset + message.Offset, timestamp, _outer.TimestampType);
        return true;
    }

    private void CloseInner()
    {
        _inner?.Dispose();
        _inner = null;
    }

    /// <summary>Format 1 counts the inner offsets from the first; the outer message has the last one's offset (KIP-31).</summary>
    private static long LastInnerOffset(ReadOnlySpan<byte> set)
    {
        while (true)
        {
            var message = LegacyMessage.Read(set);
            set = set[message.SizeInBytes..];
            if (set.IsEmpty)
                return message.Offset;
        }
    }
}
