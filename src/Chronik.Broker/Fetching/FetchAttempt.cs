using System.Buffers;
using Chronik.Broker.Handlers.Data;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Broker.Fetching;

/// <summary>Reads the partitions of one Fetch, again and again until there is enough; only the last reading is kept.</summary>
/// <remarks>A session's request names thousands of partitions, most without news, and waits: it holds a reference for each and no more.</remarks>
internal sealed class FetchAttempt : IDisposable
{
    private const int NewsMin = 8;

    private readonly TopicRegistry _topics;
    private readonly FetchLimits _limits;
    private readonly FetchTarget[] _targets;
    private readonly bool _newsOnly;
    private readonly IPartitionLog?[] _logs;
    private FetchedPartition[] _fetched;
    private int _count;
    private bool _mustAnswer;
    private bool _isAgain;
    private long _bytes;

    /// <param name="topics">Where the partitions are found.</param>
    /// <param name="limits">How much is wanted.</param>
    /// <param name="targets">The partitions, in the order in which they are read.</param>
    /// <param name="newsOnly">The client goes on with a session: what it was told is not kept.</param>
    public FetchAttempt(TopicRegistry topics, FetchLimits limits, FetchTarget[] targets, bool newsOnly)
    {
        (_topics, _limits, _targets, _newsOnly) = (topics, limits, targets, newsOnly);
        _mustAnswer = targets.Length == 0;
        _logs = ArrayPool<IPartitionLog?>.Shared.Rent(targets.Length);
        _fetched = ArrayPool<FetchedPartition>.Shared.Rent(newsOnly ? NewsMin : targets.Length);
    }

    /// <summary>What the last reading found, in the order of the targets.</summary>
    public ReadOnlySpan<FetchedPartition> Fetched => _fetched.AsSpan(0, _count);

    /// <summary>True when the answer need not wait: enough bytes, or an error that the client must hear of.</summary>
    public bool IsSatisfied => _mustAnswer || _bytes >= _limits.BytesMin;

    /// <summary>The logs of the first reading, to wait for where nothing need be answered; valid until disposal.</summary>
    public ReadOnlyMemory<IPartitionLog> Logs => _logs.AsMemory(0, _targets.Length)!;

    /// <summary>Reads each partition, as far as the bounds allow.</summary>
    public void Read()
    {
        Release();
        int bytesLeft = _limits.BytesMax;
        for (int i = 0; i < _targets.Length; i++)
        {
            FetchedPartition fetched = Read(_targets[i], bytesLeft);
            if (!_isAgain)
            {
                _logs[i] = fetched.Log;
            }

            _mustAnswer |= fetched.Error != ErrorCode.None || fetched.Diverging is not null;
            _bytes += fetched.Read.Records.Length;
            bytesLeft = Math.Max(0, bytesLeft - fetched.Read.Records.Length);
            if (!_newsOnly || fetched.IsNews)
            {
                Keep(fetched);
            }
        }

        _isAgain = true;
    }

    /// <summary>Gives back what the last reading holds, where it is not sent.</summary>
    public void Release()
    {
        foreach (ref FetchedPartition fetched in _fetched.AsSpan(0, _count))
        {
            fetched.Read.Records.External?.Dispose();
            fetched = default;
        }

        _count = 0;
        _bytes = 0;
    }

    /// <summary>Forgets the last reading; its records are the answer's.</summary>
    public void Dispose()
    {
        Return(_fetched, _count);
        Return(_logs, _targets.Length);
    }

    private static void Return<T>(T[] rented, int used)
    {
        Array.Clear(rented, 0, used);
        ArrayPool<T>.Shared.Return(rented);
    }

    private void Keep(in FetchedPartition fetched)
    {
        if (_count == _fetched.Length)
        {
            FetchedPartition[] larger = ArrayPool<FetchedPartition>.Shared.Rent(2 * _count);
            _fetched.CopyTo(larger, 0);
            Return(_fetched, _count);
            _fetched = larger;
        }

        _fetched[_count++] = fetched;
    }

    private FetchedPartition Read(FetchTarget target, int bytesLeft)
    {
        ErrorCode error = Resolve(target, out IPartitionLog? log);
        if (error != ErrorCode.None || log is null)
        {
            return Failed(target, log, error);
        }

        error = LeaderEpochs.Check(log, target.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return Failed(target, log, error);
        }

        if (target.LastFetchedEpoch >= 0)
        {
            EpochEndOffset end = log.EndOffsetOfEpoch(target.LastFetchedEpoch);
            if (end.EndOffset < 0)
            {
                return Failed(target, log, ErrorCode.OffsetOutOfRange);
            }

            if (end.LeaderEpoch < target.LastFetchedEpoch || end.EndOffset < target.FetchOffset)
            {
                return Failed(target, log, ErrorCode.None) with { Diverging = end, Read = Nothing(log) };
            }
        }

        ReadResult read = log.Read(
            target.FetchOffset,
            Math.Min(target.BytesMax, bytesLeft),
            _limits.CommittedOnly ? ReadBound.LastStable : ReadBound.HighWatermark,
            atLeastOneBatch: _bytes == 0 || _limits.EachPartitionGetsABatch);
        if (read.Records.Length > 0 && _limits.Magic < OlderFormats.CurrentMagic)
        {
            read = OlderFormats.Convert(read, _limits.Magic, target.FetchOffset);
        }

        return read.Error == ErrorCode.None
            ? new FetchedPartition(target, log, ErrorCode.None, read, null)
            : Failed(target, log, read.Error);
    }

    private ErrorCode Resolve(FetchTarget target, out IPartitionLog? log)
    {
        log = null;
        FetchKey key = target.Key;
        bool byId = key.TopicId != Guid.Empty;
        bool found = byId ? _topics.TryGet(new TopicId(key.TopicId), out Topic? topic) : _topics.TryGet(key.Topic, out topic);
        if (!found)
        {
            return byId || _limits.ByTopicId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
        }

        if (!byId)
        {
            target.ShareName(topic!.Name);
        }

        return topic!.TryGetLog(key.Partition, out log) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
    }

    private static FetchedPartition Failed(FetchTarget target, IPartitionLog? log, ErrorCode error) =>
        new(target, log, error, new ReadResult(error, RecordData.Empty, -1, -1, -1, []), null);

    private static ReadResult Nothing(IPartitionLog log) =>
        new(ErrorCode.None, RecordData.Empty, log.HighWatermark, log.LastStableOffset, log.LogStartOffset, []);
}
