using Chronik.Records;

namespace Chronik.Storage.Segments;

/// <summary>
/// Walks the batches of a segment by their headers, steps over what is damaged, and examines what is cold before it shows
/// it. The segment must be leased.
/// </summary>
internal ref struct ExaminedWalk
{
    private const int ExaminedFirstBytes = 64 << 10;
    private const int ExaminedAtOnceBytesMax = 4 << 20;

    private readonly Segment _segment;
    private readonly Span<byte> _buffer;
    private readonly int _end;
    private HeaderWalk _part;
    private int _position;
    private long _offset;
    private DamagedRange? _skip;

    // Who goes on will go further: examining a long way in small parts reads most of it several times.
    private int _examineBytes = ExaminedFirstBytes;

    /// <param name="segment">Whose batches.</param>
    /// <param name="from">A batch boundary that is certain.</param>
    /// <param name="end">Where the walk ends, at a batch boundary.</param>
    /// <param name="buffer">Of <see cref="HeaderWalk.BufferBytes"/>.</param>
    public ExaminedWalk(Segment segment, LogPosition from, int end, Span<byte> buffer)
    {
        _segment = segment;
        _buffer = buffer;
        _end = end;
        _position = from.Position;
        _offset = from.Offset;
        _part = new HeaderWalk(segment.File, _position, _position, buffer);
    }

    /// <summary>Where the current batch starts.</summary>
    public readonly int Position => _part.Position;

    /// <summary>Bytes of the current batch.</summary>
    public readonly int SizeInBytes => _part.SizeInBytes;

    /// <summary>The current batch: its header only.</summary>
    public readonly RecordBatchView Header => _part.Header;

    /// <summary>Offsets below it that were not met lie in damage, or in a gap before it; -1 before there is any.</summary>
    public long DamagedBelow { get; private set; } = -1;

    /// <summary>Goes to the next batch; the first call to the first.</summary>
    public bool MoveNext()
    {
        while (!_part.MoveNext())
        {
            if (_part.IsBroken)
            {
                DamagedBelow = long.MaxValue;
                return false;
            }

            if (_skip is { } damage)
            {
                DamagedBelow = damage.NextOffset;
                _position = damage.End;
                _offset = damage.NextOffset;
            }

            if (!TryOpenPart())
                return false;
        }

        _position = _part.Position + _part.SizeInBytes;
        _offset = _part.Header.NextOffset;
        return true;
    }

    // The next stretch without damage, examined.
    private bool TryOpenPart()
    {
        var end = _end;
        if (_segment.Cold is { } cold && _position < cold.EndPosition && _position < _end)
        {
            var until = (int)Math.Min((long)_position + _examineBytes, _end);
            end = Math.Min(end, Math.Max(cold.Examine(new LogPosition(_offset, _segment, _position), until), _position));
            _examineBytes = Math.Min(2 * _examineBytes, ExaminedAtOnceBytesMax);
        }

        _skip = null;
        foreach (var damage in _segment.Damage)
        {
            if (damage.Position < _position || damage.Position > end || (damage.NextOffset <= _offset && damage.End <= _position))
                continue;
            _skip = damage;
            end = damage.Position;
            break;
        }

        if (_position >= end && _skip is null)
            return false;
        _part = new HeaderWalk(_segment.File, _position, end, _buffer);
        return true;
    }
}
