namespace Chronik.Records;

/// <summary>Walks the headers of one record, in their order.</summary>
public ref struct RecordHeaderEnumerator
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _left;
    private int _at;

    internal RecordHeaderEnumerator(ReadOnlySpan<byte> bytes, int count)
    {
        _bytes = bytes;
        _left = count;
    }

    /// <summary>The header at hand.</summary>
    public RecordHeaderView Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly RecordHeaderEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next header.</summary>
    public bool MoveNext()
    {
        if (_left == 0)
            return false;
        _left--;
        if (!ParsedRecord.TrySkipBytes(_bytes, ref _at, out var keyAt, out var keyLength) || keyLength < 0
            || !ParsedRecord.TrySkipBytes(_bytes, ref _at, out var valueAt, out var valueLength))
            throw new RecordFormatException("A record header is malformed.");
        Current = new RecordHeaderView(_bytes.Slice(keyAt, keyLength), _bytes.Slice(valueAt, Math.Max(0, valueLength)), valueLength < 0);
        return true;
    }
}
