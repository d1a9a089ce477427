namespace Chronik.Records;

/// <summary>One record, where it lies in the (decompressed) batch; gone when the reader moves on.</summary>
public readonly ref struct RecordView
{
    private readonly ReadOnlySpan<byte> _source;
    private readonly ParsedRecord _parsed;

    internal RecordView(ReadOnlySpan<byte> source, ParsedRecord parsed, long offset, long timestamp)
    {
        _source = source;
        _parsed = parsed;
        Offset = offset;
        Timestamp = timestamp;
    }

    /// <summary>Its offset in the partition.</summary>
    public long Offset { get; }

    /// <summary>Milliseconds since 1970, or -1; the time of the append where the batch has LogAppendTime.</summary>
    public long Timestamp { get; }

    /// <summary>Whether the key is null.</summary>
    public bool IsKeyNull => _parsed.KeyLength < 0;

    /// <summary>The key; empty where it is null.</summary>
    public ReadOnlySpan<byte> Key => _source.Slice(_parsed.KeyAt, Math.Max(0, _parsed.KeyLength));

    /// <summary>Whether the value is null: a tombstone on a compacted topic.</summary>
    public bool IsValueNull => _parsed.ValueLength < 0;

    /// <summary>The value; empty where it is null.</summary>
    public ReadOnlySpan<byte> Value => _source.Slice(_parsed.ValueAt, Math.Max(0, _parsed.ValueLength));

    /// <summary>How many headers it has.</summary>
    public int HeaderCount => _parsed.HeaderCount;

    /// <summary>Its headers.</summary>
    public RecordHeaderEnumerator Headers => new(HeaderBytes, HeaderCount);

    internal ReadOnlySpan<byte> HeaderBytes => _source[_parsed.HeadersAt.._parsed.End];
}
