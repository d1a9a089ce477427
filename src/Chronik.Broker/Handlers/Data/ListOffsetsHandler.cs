using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Storage.Log;

namespace Chronik.Broker.Handlers.Data;

/// <summary>
/// ListOffsets: the offset for a time, or one of the marked ones. v0 answers with a list; v1 with one offset and its
/// timestamp; v7 adds the largest timestamp (KIP-734), v8 and v9 tiered storage (KIP-405, KIP-1005), v11 KIP-1023.
/// </summary>
internal sealed class ListOffsetsHandler(TopicRegistry topics) : IRequestHandler<ListOffsetsRequest, ListOffsetsResponse>
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;
    private const long EarliestPendingUpload = -6;
    private const sbyte ReadCommitted = 1;
    private const short FirstVersionWithLeaderEpoch = 4;

    /// <inheritdoc/>
    public ValueTask<ListOffsetsResponse?> HandleAsync(RequestContext context, ListOffsetsRequest request)
    {
        Dictionary<TopicPartition, ListOffsetsResponse.ListOffsetsPartitionResponse> seen = [];
        var response = new ListOffsetsResponse();
        foreach (ListOffsetsRequest.ListOffsetsTopic asked in request.Topics)
        {
            topics.TryGet(asked.Name, out Topic? topic);
            var answers = new List<ListOffsetsResponse.ListOffsetsPartitionResponse>(asked.Partitions.Count);
            foreach (ListOffsetsRequest.ListOffsetsPartition partition in asked.Partitions)
            {
                var answer = new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = partition.PartitionIndex, OldStyleOffsets = [] };
                if (!seen.TryAdd(new TopicPartition(asked.Name, partition.PartitionIndex), answer))
                {
                    Refuse(seen[new TopicPartition(asked.Name, partition.PartitionIndex)], ErrorCode.InvalidRequest);
                    continue;
                }

                answer.ErrorCode = request.IsolationLevel is < 0 or > ReadCommitted ? ErrorCode.UnknownServerError
                    : !IsServed(partition.Timestamp, context.ApiVersion) ? ErrorCode.UnsupportedVersion
                    : topic is null || !topic.TryGetLog(partition.PartitionIndex, out IPartitionLog? log) ? ErrorCode.UnknownTopicOrPartition
                    : Find(log, partition, request.IsolationLevel == ReadCommitted, context.ApiVersion, answer);
                answers.Add(answer);
            }

            response.Topics.Add(new ListOffsetsResponse.ListOffsetsTopicResponse { Name = asked.Name, Partitions = answers });
        }

        return new(response);
    }

    // A partition that was asked for twice is answered once, and refused.
    private static void Refuse(ListOffsetsResponse.ListOffsetsPartitionResponse answer, ErrorCode error)
    {
        (answer.ErrorCode, answer.Offset, answer.Timestamp, answer.LeaderEpoch) = (error, -1, -1, -1);
        answer.OldStyleOffsets = [];
    }

    private static bool IsServed(long timestamp, short version) => timestamp switch
    {
        >= Earliest => true,
        MaxTimestamp => version >= 7,
        EarliestLocal => version >= 8,
        LatestTiered => version >= 9,
        EarliestPendingUpload => version >= 11,
        _ => false,
    };

    private static ErrorCode Find(
        IPartitionLog log,
        ListOffsetsRequest.ListOffsetsPartition asked,
        bool committedOnly,
        short version,
        ListOffsetsResponse.ListOffsetsPartitionResponse answer)
    {
        ErrorCode error = LeaderEpochs.Check(log, asked.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return error;
        }

        OffsetAndTimestamp? found;
        try
        {
            if (version == 0)
            {
                answer.OldStyleOffsets = FindOldStyle(log, asked);
                return ErrorCode.None;
            }

            found = Find(log, asked.Timestamp, committedOnly ? ReadBound.LastStable : ReadBound.HighWatermark);
        }
        catch (IOException)
        {
            return ErrorCode.KafkaStorageError;
        }

        (answer.Offset, answer.Timestamp) = found is { } f ? (f.Offset, f.Timestamp) : (-1, -1);
        answer.LeaderEpoch = version >= FirstVersionWithLeaderEpoch ? found?.LeaderEpoch ?? -1 : -1;
        return ErrorCode.None;
    }

    private static OffsetAndTimestamp? Find(IPartitionLog log, long timestamp, ReadBound bound)
    {
        switch (timestamp)
        {
            case Latest:
                return new OffsetAndTimestamp(bound == ReadBound.LastStable ? log.LastStableOffset : log.HighWatermark, -1, log.LeaderEpoch);
            case Earliest or EarliestLocal:
                long start = log.LogStartOffset;
                return new OffsetAndTimestamp(start, -1, log.EpochOf(start));
            case LatestTiered or EarliestPendingUpload:
                // Nothing is tiered: Kafka answers -1 where remote storage is off.
                return null;
            default:
                return timestamp == MaxTimestamp ? log.FindMaxTimestamp(bound) : log.FindOffset(timestamp, bound);
        }
    }

    // v0 tells where segments begin, newest first. Records have an index by time, which finds the first more exactly.
    private static List<long> FindOldStyle(IPartitionLog log, ListOffsetsRequest.ListOffsetsPartition asked)
    {
        long end = log.HighWatermark;
        long found = asked.Timestamp switch
        {
            Latest => end,
            Earliest => log.LogStartOffset,
            _ => Find(log, asked.Timestamp, ReadBound.HighWatermark)?.Offset ?? end,
        };
        IEnumerable<long> before = log.SegmentBaseOffsets().Where(offset => offset < found).Reverse();
        return [.. before.Prepend(found).Take(Math.Max(0, asked.MaxNumOffsets))];
    }
}
