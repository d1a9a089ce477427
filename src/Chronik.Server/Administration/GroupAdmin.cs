using Chronik.Client;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Server.Output;

namespace Chronik.Server.Administration;

/// <summary>What there is to do with consumer groups, on any cluster.</summary>
internal sealed class GroupAdmin(KafkaClient client)
{
    /// <summary>The groups of all brokers, by name.</summary>
    public async Task<List<GroupRow>> ListAsync(CancellationToken cancellation)
    {
        var metadata = await client.GetMetadataAsync([], cancellation: cancellation);
        var answers = await Task.WhenAll(metadata.Brokers.Select(broker =>
            client.SendToBrokerAsync(broker.Id, new ListGroupsRequest(), cancellation: cancellation)));
        foreach (var answer in answers)
            KafkaException.ThrowIfError(answer.ErrorCode, "The list of groups");
        return
        [
            .. from row in answers.SelectMany(answer => answer.Groups)
               orderby row.GroupId
               select new GroupRow(row.GroupId, row.GroupState, row.GroupType.Length > 0 ? row.GroupType : "classic", row.ProtocolType)
        ];
    }

    /// <summary>A group's state, members, and how far it has come.</summary>
    public async Task<GroupDescription> DescribeAsync(string groupId, CancellationToken cancellation)
    {
        var (state, type, protocol, members) = await MembersAsync(groupId, cancellation);
        var lag = await LagAsync(groupId, members, cancellation);
        if (state == "Dead" && lag.Count == 0)
            throw new CommandException($"There is no group {groupId}: `chronik-server group list` shows those there are.");
        return new GroupDescription(groupId, state, type, protocol, members, lag);
    }

    /// <summary>Deletes a group without members.</summary>
    /// <returns>False where there was none.</returns>
    public async Task<bool> DeleteAsync(string groupId, CancellationToken cancellation)
    {
        var response = await client.SendToCoordinatorAsync(
            groupId, new DeleteGroupsRequest { GroupsNames = [groupId] }, answer => answer.Results[0].ErrorCode, cancellation: cancellation);
        var result = response.Results[0];
        if (result.ErrorCode == ErrorCode.GroupIdNotFound)
            return false;
        if (result.ErrorCode == ErrorCode.NonEmptyGroup)
            throw new CommandException($"Group {groupId} has members: stop them first, `chronik-server group describe {groupId}` shows them.");
        KafkaException.ThrowIfError(result.ErrorCode, $"Group {groupId}", result.ErrorMessage);
        return true;
    }

    /// <summary>Sets offsets of a group that has no members.</summary>
    public async Task CommitAsync(string groupId, IEnumerable<KeyValuePair<TopicPartition, long>> offsets, CancellationToken cancellation)
    {
        const short lastByName = 9;
        var request = new OffsetCommitRequest
        {
            GroupId = groupId,
            Topics =
            [
                .. from offset in offsets
                   group offset by offset.Key.Topic into topic
                   select new OffsetCommitRequest.OffsetCommitRequestTopic
                   {
                       Name = topic.Key,
                       Partitions = [.. topic.Select(p => new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = p.Key.Partition, CommittedOffset = p.Value, CommittedMetadata = "" })],
                   }
            ],
        };
        var response = await client.SendToCoordinatorAsync(
            groupId,
            request,
            answer => answer.Topics.SelectMany(topic => topic.Partitions).Select(p => p.ErrorCode).FirstOrDefault(error => error != ErrorCode.None),
            new SendOptions { HighestVersion = lastByName },
            cancellation);
        foreach (var topic in response.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                if (partition.ErrorCode is ErrorCode.UnknownMemberId or ErrorCode.RebalanceInProgress)
                    throw new CommandException($"Group {groupId} has members: stop them first, `chronik-server group describe {groupId}` shows them.");
                KafkaException.ThrowIfError(partition.ErrorCode, $"The offset of {topic.Name}-{partition.PartitionIndex}");
            }
        }
    }

    /// <summary>What a group has committed.</summary>
    public async Task<Dictionary<TopicPartition, long>> CommittedAsync(string groupId, CancellationToken cancellation)
    {
        const short lastForOneGroup = 7;
        var response = await client.SendToCoordinatorAsync(
            groupId,
            new OffsetFetchRequest { GroupId = groupId, Topics = null! },
            answer => answer.ErrorCode,
            new SendOptions { HighestVersion = lastForOneGroup },
            cancellation);
        KafkaException.ThrowIfError(response.ErrorCode, $"The offsets of group {groupId}");
        return (
            from topic in response.Topics
            from partition in topic.Partitions
            where partition.ErrorCode == ErrorCode.None && partition.CommittedOffset >= 0
            select KeyValuePair.Create(new TopicPartition(topic.Name, partition.PartitionIndex), partition.CommittedOffset)).ToDictionary();
    }

    private async Task<(string State, string Type, string Protocol, List<MemberRow> Members)> MembersAsync(string groupId, CancellationToken cancellation)
    {
        var classic = await DescribeClassicAsync(groupId, cancellation);
        if (classic.ErrorCode == ErrorCode.None && classic.GroupState != "Dead")
            return (classic.GroupState, "classic", classic.ProtocolData, [.. classic.Members.Select(Row)]);
        if (await TryDescribeModernAsync(groupId, cancellation) is { } modern)
            return (modern.GroupState, "consumer", modern.AssignorName, [.. modern.Members.Select(Row)]);
        if (classic.ErrorCode != ErrorCode.GroupIdNotFound)
            KafkaException.ThrowIfError(classic.ErrorCode, $"Group {groupId}", classic.ErrorMessage);
        return ("Dead", "classic", "", []);
    }

    /// <summary>What the coordinator says of a group of the classic protocol.</summary>
    public async Task<DescribeGroupsResponse.DescribedGroup> DescribeClassicAsync(string groupId, CancellationToken cancellation) =>
        (await client.SendToCoordinatorAsync(
            groupId, new DescribeGroupsRequest { Groups = [groupId] }, answer => answer.Groups[0].ErrorCode, cancellation: cancellation)).Groups[0];

    private async Task<ConsumerGroupDescribeResponse.DescribedGroup?> TryDescribeModernAsync(string groupId, CancellationToken cancellation)
    {
        try
        {
            var response = await client.SendToCoordinatorAsync(
                groupId, new ConsumerGroupDescribeRequest { GroupIds = [groupId] }, answer => answer.Groups[0].ErrorCode, cancellation: cancellation);
            return response.Groups[0].ErrorCode == ErrorCode.None ? response.Groups[0] : null;
        }
        catch (UnsupportedVersionException)
        {
            return null;
        }
    }

    private static MemberRow Row(DescribeGroupsResponse.DescribedGroupMember member) => new(
        member.MemberId,
        member.GroupInstanceId,
        member.ClientId,
        member.ClientHost,
        Assigned(member.MemberAssignment));

    private static MemberRow Row(ConsumerGroupDescribeResponse.Member member) => new(
        member.MemberId,
        member.InstanceId,
        member.ClientId,
        member.ClientHost,
        [.. member.Assignment.TopicPartitions.SelectMany(topic => topic.Partitions.Select(p => $"{topic.TopicName}-{p}"))]);

    private static List<string> Assigned(ReadOnlyMemory<byte> assignment)
    {
        try
        {
            return [.. ConsumerProtocol.ReadAssignment(assignment).AssignedPartitions.SelectMany(topic => topic.Partitions.Select(p => $"{topic.Topic}-{p}"))];
        }
        catch (ProtocolException)
        {
            // Not a consumer group: its assignments are its members' own business.
            return [];
        }
    }

    private async Task<List<LagRow>> LagAsync(string groupId, List<MemberRow> members, CancellationToken cancellation)
    {
        var committed = await CommittedAsync(groupId, cancellation);
        var ends = await EndsAsync(committed.Keys, cancellation);
        return
        [
            .. from offset in committed
               orderby offset.Key.Topic, offset.Key.Partition
               let end = ends.GetValueOrDefault(offset.Key, -1)
               select new LagRow(
                   offset.Key.Topic,
                   offset.Key.Partition,
                   offset.Value,
                   end,
                   end < 0 ? -1 : Math.Max(0, end - offset.Value),
                   members.Find(member => member.Partitions.Contains(offset.Key.ToString()))?.MemberId)
        ];
    }

    /// <summary>The ends of those partitions that still exist.</summary>
    private async Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(IEnumerable<TopicPartition> partitions, CancellationToken cancellation)
    {
        var wanted = partitions.ToHashSet();
        if (wanted.Count == 0)
            return new Dictionary<TopicPartition, long>();
        var metadata = await client.GetMetadataAsync([.. wanted.Select(partition => partition.Topic).Distinct()], cancellation: cancellation);
        wanted.IntersectWith(
            from topic in metadata.Topics
            from partition in topic.Partitions
            where partition.LeaderId >= 0
            select new TopicPartition(topic.Name, partition.Index));
        return await client.ListOffsetsAsync(wanted.ToDictionary(partition => partition, _ => StartAt.End), cancellation);
    }
}
