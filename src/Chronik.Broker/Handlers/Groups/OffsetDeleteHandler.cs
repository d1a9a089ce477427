using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>OffsetDelete (47), version 0: offsets of topics that the group does not read (KIP-496).</summary>
internal sealed class OffsetDeleteHandler(GroupCoordinator groups, TopicRegistry topics) : IRequestHandler<OffsetDeleteRequest, OffsetDeleteResponse>
{
    /// <inheritdoc/>
    public async ValueTask<OffsetDeleteResponse?> HandleAsync(RequestContext context, OffsetDeleteRequest request)
    {
        if (!GroupIds.IsValid(request.GroupId))
            return new OffsetDeleteResponse { ErrorCode = ErrorCode.InvalidGroupId };
        var asked = request.Topics.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition.PartitionIndex)));
        var deletion = await groups.DeleteOffsetsAsync(
            request.GroupId,
            [.. asked.Where(partition => topics.TryGet(partition.Topic, out var topic) && (uint)partition.Partition < (uint)topic.PartitionCount)]);
        if (deletion.Error != ErrorCode.None)
            return new OffsetDeleteResponse { ErrorCode = deletion.Error };
        return new OffsetDeleteResponse
        {
            Topics = [.. request.Topics.Select(topic => new OffsetDeleteResponse.OffsetDeleteResponseTopic
            {
                Name = topic.Name,
                Partitions = [.. topic.Partitions.Select(partition => new OffsetDeleteResponse.OffsetDeleteResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = deletion.Partitions.GetValueOrDefault(
                        new TopicPartition(topic.Name, partition.PartitionIndex), ErrorCode.UnknownTopicOrPartition),
                })],
            })],
        };
    }
}
