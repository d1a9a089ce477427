using Chronik.Broker.Handlers.Data;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Broker.Fetching;

/// <summary>Reads the partitions of one Fetch, again and again until there is enough; only the last reading is kept.</summary>
internal sealed class FetchAttempt(TopicRegistry topics, FetchLimits limits, FetchTarget[] targets)
{
    private readonly FetchedPartition[] _fetched = new FetchedPartition[targets.Length];
    private bool _mustAnswer = targets.Length == 0;
    private long _bytes;

    /// <summary>What the last reading found, in the order of the targets.</summary>
    public ReadOnlySpan<FetchedPartition> Fetched => _fetched;

    /// <summary>True when the answer need not wait: enough bytes, or an error that the client must hear of.</summary>
    public bool IsSatisfied => _mustAnswer || _bytes >= limits.BytesMin;

    /// <summary>The logs to wait for.</summary>
    public IPartitionLog[] Logs => [.. _fetched.Select(fetched => fetched.Log).OfType<IPartitionLog>().Distinct()];

    /// <summary>Reads each partition, as far as the bounds allow.</summary>
    public void Read()
    {
        Release();
        int bytesLeft = limits.BytesMax;
        for (int i = 0; i < targets.Length; i++)
        {
            FetchedPartition fetched = Read(targets[i], bytesLeft);
            _fetched[i] = fetched;
            _mustAnswer |= fetched.Error != ErrorCode.None || fetched.Diverging is not null;
            _bytes += fetched.Read.Records.Length;
            bytesLeft = Math.Max(0, bytesLeft - fetched.Read.Records.Length);
        }
    }

    /// <summary>True when a partition has more to read than at the last reading.</summary>
    public bool HasAdvanced()
    {
        foreach (ref readonly FetchedPartition fetched in _fetched.AsSpan())
        {
            if (fetched.Log is { } log && (log.HighWatermark != fetched.Read.HighWatermark || log.LastStableOffset != fetched.Read.LastStableOffset))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives back what the last reading holds, where it is not sent.</summary>
    public void Release()
    {
        foreach (ref FetchedPartition fetched in _fetched.AsSpan())
        {
            fetched.Read.Records.External?.Dispose();
            fetched = default;
        }

        _bytes = 0;
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
            limits.CommittedOnly ? ReadBound.LastStable : ReadBound.HighWatermark,
            atLeastOneBatch: _bytes == 0 || limits.EachPartitionGetsABatch);
        if (read.Records.Length > 0 && limits.Magic < OlderFormats.CurrentMagic)
        {
            read = OlderFormats.Convert(read, limits.Magic, target.FetchOffset);
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
        bool found = byId ? topics.TryGet(new TopicId(key.TopicId), out Topic? topic) : topics.TryGet(key.Topic, out topic);
        if (!found)
        {
            return byId || limits.ByTopicId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
        }

        return topic!.TryGetLog(key.Partition, out log) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
    }

    private static FetchedPartition Failed(FetchTarget target, IPartitionLog? log, ErrorCode error) =>
        new(target, log, error, new ReadResult(error, RecordData.Empty, -1, -1, -1, []), null);

    private static ReadResult Nothing(IPartitionLog log) =>
        new(ErrorCode.None, RecordData.Empty, log.HighWatermark, log.LastStableOffset, log.LogStartOffset, []);
}
