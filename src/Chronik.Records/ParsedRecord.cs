namespace Chronik.Records;

/// <summary>Where the parts of one record lie in a buffer of (decompressed) records. Lengths of -1 are nulls.</summary>
internal struct ParsedRecord
{
    public long TimestampDelta;
    public int OffsetDelta;
    public int KeyAt;
    public int KeyLength;
    public int ValueAt;
    public int ValueLength;
    public int HeadersAt;
    public int HeaderCount;
    public int End;

    /// <summary>Parses the record at <paramref name="at"/> and moves behind it.</summary>
    /// <returns>False where the bytes are not a record; then <paramref name="at"/> means nothing.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, ref int at, out ParsedRecord record)
    {
        record = default;
        if (!Varint.TryRead(source, ref at, out var length) || length < 0 || length > source.Length - at)
            return false;
        record.End = at + length;
        source = source[..record.End];
        at++; // The record's attributes: no bit of them is used.
        if (!Varint.TryReadLong(source, ref at, out record.TimestampDelta)
            || !Varint.TryRead(source, ref at, out record.OffsetDelta)
            || !TrySkipBytes(source, ref at, out record.KeyAt, out record.KeyLength)
            || !TrySkipBytes(source, ref at, out record.ValueAt, out record.ValueLength)
            || !Varint.TryRead(source, ref at, out record.HeaderCount)
            || record.HeaderCount < 0)
            return false;
        record.HeadersAt = at;
        for (var i = record.HeaderCount; i > 0; i--)
        {
            if (!TrySkipBytes(source, ref at, out _, out var keyLength) || keyLength < 0 || !TrySkipBytes(source, ref at, out _, out _))
                return false;
        }

        return at == record.End;
    }

    /// <summary>Moves behind a length and so many bytes; a length of -1 is a null.</summary>
    public static bool TrySkipBytes(ReadOnlySpan<byte> source, ref int at, out int start, out int length)
    {
        var read = Varint.TryRead(source, ref at, out length);
        start = at;
        if (!read || length < -1 || length > source.Length - at)
            return false;
        if (length > 0)
            at += length;
        return true;
    }
}
