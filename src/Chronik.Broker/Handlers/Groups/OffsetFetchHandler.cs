using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Broker.Topics;
using Chronik.Coordination.Offsets;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>
/// OffsetFetch (9), versions 0-10. 2: all topics (null) and an error for the whole; 5: leader epochs (KIP-320); 7: stable
/// offsets only (KIP-447); 8: many groups (KIP-709); 9: member epochs (KIP-848); 10: topic ids (KIP-848).
/// </summary>
internal sealed class OffsetFetchHandler(GroupCoordinator groups, TopicRegistry topics) : IRequestHandler<OffsetFetchRequest, OffsetFetchResponse>
{
    private const short FirstVersionWithTopError = 2;
    private const short FirstVersionWithGroups = 8;
    private const short FirstVersionWithTopicIds = 10;

    /// <inheritdoc/>
    public async ValueTask<OffsetFetchResponse?> HandleAsync(RequestContext context, OffsetFetchRequest request)
    {
        var response = new OffsetFetchResponse();
        if (context.ApiVersion < FirstVersionWithGroups)
        {
            var found = await FetchAsync(request.GroupId, request.Topics is null ? null : [.. request.Topics.Select(Wanted)], request.RequireStable);
            response.Topics = [.. found.Select(topic => Old(topic, context.ApiVersion))];
            if (!groups.IsLoaded && context.ApiVersion >= FirstVersionWithTopError)
                response.ErrorCode = ErrorCode.CoordinatorLoadInProgress;
            return response;
        }

        var byId = context.ApiVersion >= FirstVersionWithTopicIds;
        foreach (var group in request.Groups)
        {
            var found = await FetchAsync(group.GroupId, group.Topics is null ? null : [.. group.Topics.Select(topic => Wanted(topic, byId))], request.RequireStable);
            response.Groups.Add(new OffsetFetchResponse.OffsetFetchResponseGroup
            {
                GroupId = group.GroupId,
                ErrorCode = groups.IsLoaded ? ErrorCode.None : ErrorCode.CoordinatorLoadInProgress,
                Topics = groups.IsLoaded ? [.. found.Where(topic => !byId || topic.Id != default || topic.Error != ErrorCode.None).Select(New)] : [],
            });
        }

        return response;
    }

    private async Task<IReadOnlyList<FetchedTopic>> FetchAsync(string groupId, IReadOnlyList<FetchedTopic>? wanted, bool requireStable)
    {
        if (!groups.IsLoaded)
            return wanted is null ? [] : [.. wanted.Select(topic => topic with { Error = ErrorCode.CoordinatorLoadInProgress, Offsets = [.. topic.Offsets.Select(each => (each.Partition, FetchedOffset.Failed(ErrorCode.CoordinatorLoadInProgress)))] })];
        return await groups.ReadOffsetsAsync(groupId, offsets => wanted is null ? All(offsets, requireStable) : [.. wanted.Select(topic => Read(offsets, topic, requireStable))]);
    }

    private static FetchedTopic Read(GroupOffsets? offsets, FetchedTopic topic, bool requireStable) => topic with
    {
        Offsets = [.. topic.Offsets.Select(each => (each.Partition, topic.Error == ErrorCode.None
            ? OffsetRules.Fetch(offsets, new TopicPartition(topic.Name, each.Partition), requireStable)
            : FetchedOffset.Failed(topic.Error)))],
    };

    private IReadOnlyList<FetchedTopic> All(GroupOffsets? offsets, bool requireStable) => offsets is null ? [] :
        [.. OffsetRules.AllOf(offsets, requireStable)
            .GroupBy(partition => partition.Topic, StringComparer.Ordinal)
            .OrderBy(topic => topic.Key, StringComparer.Ordinal)
            .Select(topic => new FetchedTopic(
                topic.Key,
                topics.TryGet(topic.Key, out var known) ? known.Id.Value : default,
                ErrorCode.None,
                [.. topic.Order(ByIndex).Select(partition => (partition.Partition, OffsetRules.Fetch(offsets, partition, requireStable)))]))];

    private static FetchedTopic Wanted(OffsetFetchRequest.OffsetFetchRequestTopic topic) => new(
        topic.Name, default, ErrorCode.None, [.. topic.PartitionIndexes.Select(index => (index, FetchedOffset.None))]);

    private FetchedTopic Wanted(OffsetFetchRequest.OffsetFetchRequestTopics topic, bool byId)
    {
        var isKnown = topics.TryGet(new TopicId(topic.TopicId), out var known);
        return new FetchedTopic(
            byId ? known?.Name ?? "" : topic.Name,
            topic.TopicId,
            byId && !isKnown ? ErrorCode.UnknownTopicId : ErrorCode.None,
            [.. topic.PartitionIndexes.Select(index => (index, FetchedOffset.None))]);
    }

    private static OffsetFetchResponse.OffsetFetchResponseTopic Old(FetchedTopic topic, short version) => new()
    {
        Name = topic.Name,
        Partitions = [.. topic.Offsets.Select(each => new OffsetFetchResponse.OffsetFetchResponsePartition
        {
            PartitionIndex = each.Partition,
            CommittedOffset = each.Offset.Offset,
            CommittedLeaderEpoch = each.Offset.LeaderEpoch,
            Metadata = each.Offset.Metadata,
            ErrorCode = each.Offset.Error,
        })],
    };

    private static OffsetFetchResponse.OffsetFetchResponseTopics New(FetchedTopic topic) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        Partitions = [.. topic.Offsets.Select(each => new OffsetFetchResponse.OffsetFetchResponsePartitions
        {
            PartitionIndex = each.Partition,
            CommittedOffset = each.Offset.Offset,
            CommittedLeaderEpoch = each.Offset.LeaderEpoch,
            Metadata = each.Offset.Metadata,
            ErrorCode = each.Offset.Error,
        })],
    };

    private static readonly Comparer<TopicPartition> ByIndex = Comparer<TopicPartition>.Create((a, b) => a.Partition.CompareTo(b.Partition));

    /// <summary>A topic on its way through the handler: asked for, then answered.</summary>
    private sealed record FetchedTopic(string Name, Guid Id, ErrorCode Error, IReadOnlyList<(int Partition, FetchedOffset Offset)> Offsets);
}
