using System.Buffers.Binary;
using Chronik.Storage.Indexes;

namespace Chronik.Storage.Verification;

/// <summary>Holds an offset index against the batches of its segment, side by side.</summary>
internal sealed class OffsetIndexCheck
{
    private const long None = -1;
    private readonly FileEntries _entries;
    private readonly long _baseOffset;
    private long _offset;
    private long _position;
    private bool _has;
    private long _promised = None;

    public OffsetIndexCheck(FileEntries entries, long baseOffset)
    {
        _entries = entries;
        _baseOffset = baseOffset;
        if (entries.IsMisshapen)
            Problems.Add("its length is not one of whole entries");
        _offset = baseOffset - 1;
        _position = None;
        Advance();
    }

    public IndexProblems Problems { get; } = new();

    public void OnPart(in LogPart part)
    {
        var isBatch = part.Kind == LogPartKind.Batch;
        while (_has && _position < part.End)
        {
            if (isBatch && _position != part.Position)
                Problems.Add($"entry {_entries.Index} points to byte {_position}, where no batch begins", _entries.Position);
            else if (isBatch && _offset < part.Header.BaseOffset)
                Problems.Add($"entry {_entries.Index} has offset {_offset}, but the batch there begins with {part.Header.BaseOffset}", _entries.Position);
            else if (isBatch)
                _promised = _offset;
            Advance();
        }

        // Kafka before 4.0 notes the last offset of several batches that were appended at once.
        if (!isBatch)
            _promised = None;
        else if (_promised != None && part.Header.LastOffset >= _promised)
        {
            if (part.Header.LastOffset != _promised)
                Problems.Add($"an entry has offset {_promised}, with which no batch ends");
            _promised = None;
        }
    }

    public void Finish()
    {
        if (_has)
            Problems.Add($"entry {_entries.Index} points to byte {_position}, behind the last batch", _entries.Position);
    }

    private void Advance()
    {
        while (_has = _entries.MoveNext())
        {
            var offset = _baseOffset + BinaryPrimitives.ReadInt32BigEndian(_entries.Current);
            var position = BinaryPrimitives.ReadInt32BigEndian(_entries.Current[4..]);
            // No index has an entry for its first batch.
            if (offset == _baseOffset && position == 0 && _entries.IsZeroFromHere())
            {
                Problems.HasZeros = true;
                _has = false;
                return;
            }

            if (offset > _offset && position > _position)
            {
                (_offset, _position) = (offset, position);
                return;
            }

            Problems.Add($"entry {_entries.Index} (offset {offset}, byte {position}) is not above the one before", _entries.Position);
        }
    }

    /// <summary>Bytes of an entry.</summary>
    public static int EntryBytes => OffsetIndex.EntryBytes;
}
