namespace Chronik.Records;

/// <summary>
/// Walks the records of one batch; a compressed one is decompressed into pooled memory first. Dispose it.
/// The batch itself (its CRC) is the caller's to check.
/// </summary>
public ref struct RecordBatchReader : IDisposable
{
    private readonly ReadOnlySpan<byte> _records;
    private readonly RentedBytes? _decompressed;
    private readonly long _baseOffset;
    private readonly long _baseTimestamp;
    private readonly long _logAppendTime;
    private readonly bool _isLogAppendTime;
    private int _left;
    private int _at;

    /// <summary>Begins before the first record.</summary>
    /// <param name="batch">A whole batch.</param>
    /// <param name="decompressedBytesMax">The bound of its decompressed records.</param>
    /// <exception cref="RecordFormatException">The records cannot be decompressed.</exception>
    public RecordBatchReader(RecordBatchView batch, int decompressedBytesMax = int.MaxValue)
    {
        if (batch.Compression == CompressionCodec.None || batch.RecordCount == 0)
        {
            _records = batch.Payload;
        }
        else
        {
            _decompressed = Compressions.Decompress(batch.Compression, batch.Payload, decompressedBytesMax);
            _records = _decompressed.Span;
        }

        _baseOffset = batch.BaseOffset;
        _baseTimestamp = batch.BaseTimestamp;
        _isLogAppendTime = batch.TimestampType == TimestampType.LogAppendTime;
        _logAppendTime = batch.MaxTimestamp;
        _left = batch.RecordCount;
    }

    /// <summary>The record at hand.</summary>
    public RecordView Current { get; private set; }

    /// <summary>For <c>foreach</c>, which disposes this reader.</summary>
    public readonly RecordBatchReader GetEnumerator() => this;

    /// <summary>Goes to the next record.</summary>
    /// <exception cref="RecordFormatException">It is malformed.</exception>
    public bool MoveNext()
    {
        if (_left <= 0)
            return false;
        if (!ParsedRecord.TryParse(_records, ref _at, out var parsed))
            throw new RecordFormatException("A record of the batch is malformed.");
        _left--;
        var timestamp = _isLogAppendTime ? _logAppendTime : unchecked(_baseTimestamp + parsed.TimestampDelta);
        Current = new RecordView(_records, parsed, _baseOffset + parsed.OffsetDelta, timestamp);
        return true;
    }

    /// <summary>Gives pooled memory back.</summary>
    public readonly void Dispose() => _decompressed?.Dispose();
}
