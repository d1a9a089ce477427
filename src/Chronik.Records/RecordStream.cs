using System.Buffers;

namespace Chronik.Records;

/// <summary>
/// Walks compressed records through one small window, so that what a batch decompresses to is never in memory at once:
/// a hostile batch costs time up to its bound, not space.
/// </summary>
internal ref struct RecordStream
{
    private const int WindowBytes = 64 * 1024;

    // A record's length, attributes, timestamp delta, offset delta and key length at their longest.
    private const int FieldsBytesMax = 5 + 1 + 10 + 5 + 5;

    private readonly Decompressor _source;
    private readonly long _bytesMax;
    private readonly byte[] _window;
    private int _start;
    private int _end;
    private long _produced;
    private bool _ended;

    public RecordStream(Decompressor source, int bytesMax)
    {
        _source = source;
        _bytesMax = bytesMax;
        _window = ArrayPool<byte>.Shared.Rent(WindowBytes);
    }

    private readonly ReadOnlySpan<byte> Window => _window.AsSpan(_start, _end - _start);

    /// <summary>Reads the next record; only its deltas and its key's length are of use afterwards.</summary>
    public bool TryRead(out ParsedRecord record)
    {
        Fill(FieldsBytesMax);
        var at = 0;
        record = default;
        if (!Varint.TryRead(Window, ref at, out var length) || length < 0)
            return false;
        if (length > _window.Length - at)
            return TryReadLarge(at, length, out record);
        Fill(at + length);
        at = 0;
        if (!ParsedRecord.TryParse(Window, ref at, out record))
            return false;
        _start += at;
        return true;
    }

    /// <summary>Whether nothing follows.</summary>
    public bool IsAtEnd()
    {
        Fill(1);
        return _start == _end;
    }

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_window);

    private bool TryReadLarge(int lengthBytes, int length, out ParsedRecord record)
    {
        record = default;
        _start += lengthBytes;
        var left = (long)length;
        var at = 1;
        var fields = Window;
        if (!Varint.TryReadLong(fields, ref at, out record.TimestampDelta)
            || !Varint.TryRead(fields, ref at, out record.OffsetDelta)
            || !Varint.TryRead(fields, ref at, out record.KeyLength))
            return false;
        _start += at;
        left -= at;
        if (!TrySkip(record.KeyLength, ref left) || !TryReadLength(ref left, out record.ValueLength) || !TrySkip(record.ValueLength, ref left)
            || !TryReadLength(ref left, out record.HeaderCount) || record.HeaderCount < 0)
            return false;
        for (var i = record.HeaderCount; i > 0; i--)
        {
            if (!TryReadLength(ref left, out var keyLength) || keyLength < 0 || !TrySkip(keyLength, ref left)
                || !TryReadLength(ref left, out var valueLength) || !TrySkip(valueLength, ref left))
                return false;
        }

        return left == 0;
    }

    private bool TryReadLength(ref long left, out int length)
    {
        Fill(5);
        var at = 0;
        var read = Varint.TryRead(Window, ref at, out length);
        _start += at;
        left -= at;
        return read && left >= 0;
    }

    private bool TrySkip(int length, ref long left)
    {
        if (length < -1 || length > left)
            return false;
        var rest = Math.Max(0, length);
        left -= rest;
        while (rest > 0)
        {
            Fill(1);
            if (_start == _end)
                return false;
            var step = Math.Min(rest, _end - _start);
            _start += step;
            rest -= step;
        }

        return true;
    }

    /// <summary>Sees to it that the window holds so many bytes, if so many follow.</summary>
    private void Fill(int count)
    {
        if (_end - _start >= count || _ended)
            return;
        Window.CopyTo(_window);
        _end -= _start;
        _start = 0;
        while (_end < count && !_ended)
        {
            var read = _source.Read(_window.AsSpan(_end));
            _ended = read == 0;
            _end += read;
            _produced += read;
            if (_produced > _bytesMax)
                throw Compressions.TooLarge((int)_bytesMax);
        }
    }
}
