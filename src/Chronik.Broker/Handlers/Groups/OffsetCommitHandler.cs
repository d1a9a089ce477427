using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Broker.Topics;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Offsets;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>
/// OffsetCommit (8), versions 0-10. 1: members, and a timestamp of the client's; 2-4: a retention of the client's;
/// 6: leader epochs (KIP-320); 7: static members (KIP-345); 9: member epochs (KIP-848); 10: topic ids (KIP-848).
/// </summary>
internal sealed class OffsetCommitHandler(GroupCoordinator groups, TopicRegistry topics, TimeProvider time)
    : IRequestHandler<OffsetCommitRequest, OffsetCommitResponse>
{
    private const short FirstVersionWithTopicIds = 10;

    /// <inheritdoc/>
    public async ValueTask<OffsetCommitResponse?> HandleAsync(RequestContext context, OffsetCommitRequest request)
    {
        var now = time.GetUtcNow();
        var settings = groups.OffsetSettings;
        var response = new OffsetCommitResponse();
        var offsets = new List<KeyValuePair<TopicPartition, CommittedOffset>>();
        var open = new List<OffsetCommitResponse.OffsetCommitResponsePartition>();
        foreach (var topic in request.Topics)
        {
            var answer = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            response.Topics.Add(answer);
            var (known, topicError) = Find(context, topic);
            foreach (var partition in topic.Partitions)
            {
                var error = topicError != ErrorCode.None ? topicError
                    : (uint)partition.PartitionIndex >= (uint)known!.PartitionCount ? ErrorCode.UnknownTopicOrPartition
                    : OffsetRules.CheckCommit(partition.CommittedMetadata, settings);
                var result = new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex, ErrorCode = error };
                answer.Partitions.Add(result);
                if (error != ErrorCode.None)
                    continue;
                open.Add(result);
                offsets.Add(new(new TopicPartition(known!.Name, partition.PartitionIndex), OffsetOf(request, partition, now)));
            }
        }

        // Whoever may not commit at all is told so for every partition that was not refused already.
        var whole = await groups.CommitAsync(
            request.GroupId,
            id => new CommitCommand(id, request.MemberId, request.GroupInstanceId, request.GenerationIdOrMemberEpoch),
            offsets);
        foreach (var result in open)
            result.ErrorCode = whole;
        return response;
    }

    private (Topic? Topic, ErrorCode Error) Find(RequestContext context, OffsetCommitRequest.OffsetCommitRequestTopic topic)
    {
        if (context.ApiVersion >= FirstVersionWithTopicIds)
            return topics.TryGet(new TopicId(topic.TopicId), out var byId) ? (byId, ErrorCode.None) : (null, ErrorCode.UnknownTopicId);
        return topics.TryGet(topic.Name, out var byName) ? (byName, ErrorCode.None) : (null, ErrorCode.UnknownTopicOrPartition);
    }

    private static CommittedOffset OffsetOf(OffsetCommitRequest request, OffsetCommitRequest.OffsetCommitRequestPartition partition, DateTimeOffset now) => new(
        partition.CommittedOffset,
        partition.CommittedLeaderEpoch,
        partition.CommittedMetadata,
        partition.CommitTimestamp >= 0 ? TimeOf(partition.CommitTimestamp) : now,
        request.RetentionTimeMs >= 0 ? TimeOf(SaturatingAdd(now.ToUnixTimeMilliseconds(), request.RetentionTimeMs)) : null);

    private static long SaturatingAdd(long one, long other) => one > long.MaxValue - other ? long.MaxValue : one + other;

    // A client may name any time: what the calendar does not have is its end.
    private static DateTimeOffset TimeOf(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(unixMs, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
