using System.Buffers.Binary;

namespace Chronik.Storage.Verification;

/// <summary>Holds a time index against the batches of its segment, side by side.</summary>
internal sealed class TimeIndexCheck
{
    private readonly FileEntries _entries;
    private readonly long _baseOffset;
    private long _timestamp = -1;
    private long _offset;
    private bool _has;
    private long _largest = -1;
    private bool _isWhole = true;

    public TimeIndexCheck(FileEntries entries, long baseOffset)
    {
        _entries = entries;
        _baseOffset = baseOffset;
        _offset = baseOffset - 1;
        if (entries.IsMisshapen)
            Problems.Add("its length is not one of whole entries");
        Advance();
    }

    public IndexProblems Problems { get; } = new();

    /// <summary>There are entries of what would follow the last part.</summary>
    public bool HasMore => _has;

    public void OnPart(in LogPart part)
    {
        if (part.Kind != LogPartKind.Batch)
        {
            _isWhole = false;
            while (_has && _offset < part.NextOffset)
                Advance();
            return;
        }

        while (_has && _offset <= part.Header.LastOffset)
        {
            if (_offset < part.Header.BaseOffset && _isWhole)
                Problems.Add($"entry {_entries.Index} has offset {_offset}, which no batch holds", _entries.Position);
            else if (_timestamp != part.Header.MaxTimestamp && _isWhole)
                Problems.Add($"entry {_entries.Index} has timestamp {_timestamp}, its batch {part.Header.MaxTimestamp}", _entries.Position);
            else if (_timestamp < _largest)
                Problems.Add($"entry {_entries.Index} has timestamp {_timestamp}, but {_largest} was seen before", _entries.Position);
            Advance();
        }

        // What compaction emptied has no record with its timestamp any more.
        if (part.Header.RecordCount > 0)
            _largest = Math.Max(_largest, part.Header.MaxTimestamp);
    }

    /// <param name="isClosed">The segment gets no more records, so that the index must know its largest timestamp.</param>
    public void Finish(bool isClosed)
    {
        if (_has)
            Problems.Add($"entry {_entries.Index} has offset {_offset}, behind the last batch", _entries.Position);
        else if (isClosed && _isWhole && Problems.Count == 0 && _timestamp != _largest)
            Problems.Add(_timestamp < 0
                ? $"it is empty, but the largest timestamp is {_largest}"
                : $"its last timestamp is {_timestamp}, but the largest is {_largest}");
    }

    private void Advance()
    {
        while (_has = _entries.MoveNext())
        {
            var timestamp = BinaryPrimitives.ReadInt64BigEndian(_entries.Current);
            var offset = _baseOffset + BinaryPrimitives.ReadInt32BigEndian(_entries.Current[8..]);
            if (timestamp == 0 && offset == _baseOffset && _entries.Count > 1 && _entries.IsZeroFromHere())
            {
                Problems.HasZeros = true;
                _has = false;
                return;
            }

            if (timestamp > _timestamp && offset > _offset)
            {
                (_timestamp, _offset) = (timestamp, offset);
                return;
            }

            Problems.Add($"entry {_entries.Index} (timestamp {timestamp}, offset {offset}) is not above the one before", _entries.Position);
        }
    }
}
