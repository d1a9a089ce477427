using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Storage.Log;

namespace Chronik.Broker.Handlers.Data;

/// <summary>OffsetForLeaderEpoch: where an epoch ends, so that consumers notice a log that was cut (KIP-320).</summary>
internal sealed class OffsetForLeaderEpochHandler(TopicRegistry topics)
    : IRequestHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    /// <inheritdoc/>
    public ValueTask<OffsetForLeaderEpochResponse?> HandleAsync(RequestContext context, OffsetForLeaderEpochRequest request)
    {
        var response = new OffsetForLeaderEpochResponse();
        foreach (OffsetForLeaderEpochRequest.OffsetForLeaderTopic asked in request.Topics)
        {
            topics.TryGet(asked.Topic, out Topic? topic);
            response.Topics.Add(new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult
            {
                Topic = asked.Topic,
                Partitions = [.. asked.Partitions.Select(partition => Find(topic, partition))],
            });
        }

        return new(response);
    }

    private static OffsetForLeaderEpochResponse.EpochEndOffset Find(
        Topic? topic, OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked)
    {
        var answer = new OffsetForLeaderEpochResponse.EpochEndOffset { Partition = asked.Partition };
        if (topic is null || !topic.TryGetLog(asked.Partition, out IPartitionLog? log))
        {
            answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            return answer;
        }

        answer.ErrorCode = LeaderEpochs.Check(log, asked.CurrentLeaderEpoch);
        if (answer.ErrorCode == ErrorCode.None)
        {
            EpochEndOffset end = log.EndOffsetOfEpoch(asked.LeaderEpoch);
            answer.LeaderEpoch = end.LeaderEpoch;
            answer.EndOffset = end.EndOffset;
        }

        return answer;
    }
}
