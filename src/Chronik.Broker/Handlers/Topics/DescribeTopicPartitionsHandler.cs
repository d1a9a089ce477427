using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Topics;

/// <summary>DescribeTopicPartitions (75), version 0: partitions in pages, topics in the order of their names (KIP-966).</summary>
internal sealed class DescribeTopicPartitionsHandler(TopicRegistry topics, BrokerIdentity identity)
    : IRequestHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>
{
    /// <summary>max.request.partition.size.limit: the most partitions in one answer, whatever the client asks for.</summary>
    private const int PartitionsMax = 2_000;

    /// <inheritdoc/>
    public ValueTask<DescribeTopicPartitionsResponse?> HandleAsync(RequestContext context, DescribeTopicPartitionsRequest request)
    {
        var snapshot = topics.Current;
        var isAll = request.Topics.Count == 0;
        var names = Names(snapshot, request, isAll);
        if (request.Cursor is { } cursor
            && (cursor.PartitionIndex < 0 || (!isAll && names.FirstOrDefault() != cursor.TopicName)))
            return new(Refused(request));

        var response = new DescribeTopicPartitionsResponse();
        var remaining = Math.Clamp(request.ResponsePartitionLimit, 1, PartitionsMax);
        foreach (var name in names)
        {
            if (remaining == 0)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = 0 };
                break;
            }
            if (!snapshot.TryGet(name, out var topic))
            {
                response.Topics.Add(Unknown(name));
                continue;
            }
            var first = request.Cursor is { } from && from.TopicName == name ? from.PartitionIndex : 0;
            var count = Math.Clamp(topic.PartitionCount - first, 0, remaining);
            response.Topics.Add(Describe(topic, first, count));
            remaining -= count;
            if (first + count < topic.PartitionCount)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = first + count };
                break;
            }
        }
        return new(response);
    }

    /// <summary>The names that are asked for, from the cursor on.</summary>
    private static IEnumerable<string> Names(TopicSnapshot snapshot, DescribeTopicPartitionsRequest request, bool isAll)
    {
        var from = request.Cursor?.TopicName ?? "";
        return isAll
            ? snapshot.Topics.Skip(snapshot.IndexFrom(from)).Select(t => t.Name)
            : request.Topics.Select(t => t.Name).Where(n => string.CompareOrdinal(n, from) >= 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    private static DescribeTopicPartitionsResponse Refused(DescribeTopicPartitionsRequest request) => new()
    {
        Topics = request.Topics.ConvertAll(t => new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
        {
            ErrorCode = ErrorCode.InvalidRequest,
            Name = t.Name,
        }),
    };

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Unknown(string name) => new()
    {
        ErrorCode = TopicName.Problem(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException,
        Name = name,
        IsInternal = TopicName.IsInternal(name),
        TopicAuthorizedOperations = AuthorizedOperations.Topic,
    };

    private DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Describe(Topic topic, int first, int count)
    {
        var response = new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id.Value,
            IsInternal = TopicName.IsInternal(topic.Name),
            TopicAuthorizedOperations = AuthorizedOperations.Topic,
        };
        List<int> replicas = [identity.NodeId];
        for (var partition = first; partition < first + count; partition++)
        {
            response.Partitions.Add(new()
            {
                PartitionIndex = partition,
                LeaderId = identity.NodeId,
                LeaderEpoch = topic.Logs[partition].LeaderEpoch,
                ReplicaNodes = replicas,
                IsrNodes = replicas,
                EligibleLeaderReplicas = [],
                LastKnownElr = [],
            });
        }
        return response;
    }
}
