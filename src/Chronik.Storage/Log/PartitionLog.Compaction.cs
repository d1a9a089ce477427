using Chronik.Storage.Compaction;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>What compaction needs of a log: to be left alone with its old segments, and to put others in their place.</content>
internal sealed partial class PartitionLog
{
    // Guarded by the append lock: old segments neither leave the log nor are replaced by anyone else.
    private bool _isCleaning;

    /// <summary>The folder of its files.</summary>
    public string Directory => _directory;

    /// <summary>The log as its readers see it now.</summary>
    public LogView CurrentView => View();

    /// <summary>Takes the old segments for a compaction; false where another has them, or the log takes no writes.</summary>
    public bool TryBeginCleaning()
    {
        lock (_appendLock)
            return _state == LogState.Online && !_isCleaning && (_isCleaning = true);
    }

    /// <summary>Gives them back.</summary>
    public void EndCleaning()
    {
        lock (_appendLock)
            _isCleaning = false;
    }

    /// <summary>The last record of each producer that the log remembers.</summary>
    public Dictionary<long, LastOfProducer> LastOfProducers()
    {
        lock (_appendLock)
        {
            return _producers.Entries.ToDictionary(
                static entry => entry.ProducerId,
                static entry => new LastOfProducer(entry.BatchCount == 0 ? LastOfProducer.NoData : entry[entry.BatchCount - 1].LastOffset, entry.Epoch));
        }
    }

    /// <summary>
    /// Puts one segment in the place of others, for all who read from now on; those who read the old ones go on. The log's
    /// hold on the old ones is the caller's to give up. False where the log does not have them any more.
    /// </summary>
    public bool TryReplace(ReadOnlySpan<Segment> sources, Segment cleaned)
    {
        lock (_appendLock)
        {
            var at = Array.IndexOf(_segments, sources[0]);
            var next = at + sources.Length;
            if (_state != LogState.Online || at < 0 || next >= _segments.Length || !_segments.AsSpan(at, sources.Length).SequenceEqual(sources))
                return false;

            // The newest snapshot tells of entries that may be gone now.
            foreach (var source in sources)
                _hasNewIndexes |= source.TransactionIndex.Entries.Length > 0;

            // A position at the end of a segment that goes is the start of the one that follows.
            var following = _segments[next];
            _committing = Moved(_committing, sources, following);
            lock (_viewLock)
            {
                _segments = [.. _segments[..at], cleaned, .. _segments[next..]];
                _highWatermark = Moved(_highWatermark, sources, following);
                _durable = Moved(_durable, sources, following);
                _boundaries.Clear();
            }

            return true;
        }
    }

    /// <summary>Ends the log's hold on segments that were replaced; their files wait for file.delete.delay.ms.</summary>
    public void RetireReplaced(ReadOnlySpan<Segment> sources) => Retire(sources);

    private static LogPosition Moved(LogPosition position, ReadOnlySpan<Segment> sources, Segment following)
    {
        foreach (var source in sources)
        {
            if (ReferenceEquals(source, position.Segment))
                return new LogPosition(position.Offset, following, 0);
        }

        return position;
    }
}
