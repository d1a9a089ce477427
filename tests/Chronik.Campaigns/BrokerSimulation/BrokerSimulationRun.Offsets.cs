using Chronik.Campaigns.Simulation;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Campaigns.BrokerSimulation;

/// <content>Committed offsets: each a register that clients write at once, and that goes with its topic.</content>
internal sealed partial class BrokerSimulationRun
{
    private const long NoOffset = -1;
    private const string AloneGroup = "alone";
    private readonly SortedDictionary<(string Group, string Topic, int Partition), Register<long>> _offsets = [];
    private long _lastOffset;

    // A consumer that is in no group.
    private void CommitAlone()
    {
        var client = $"alone{Random.Next(2)}";
        Begin(process => CommitAsync(process, client, AloneGroup, -1, "", null));
    }

    private async Task CommitAsync(BrokerProcess process, string client, string group, int generation, string memberId, GroupMember? member)
    {
        var live = Live().ToArray();
        if (live.Length == 0)
            return;
        var topic = Pick(live);
        Figures.Requests++;
        var writes = new List<(int Partition, Register<long> Register, Register<long>.Write Write)>();
        for (var partition = Random.Next(topic.PartitionsMin); partition < topic.PartitionsMin; partition++)
        {
            var register = OffsetOf(group, NameOf(topic), partition);
            writes.Add((partition, register, register.Begin(++_lastOffset, ++_tick)));
        }

        var connection = ConnectionOf(process, client);
        var answer = connection is null ? null : await connection.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new OffsetCommitRequest
            {
                GroupId = group,
                GenerationIdOrMemberEpoch = generation,
                MemberId = memberId,
                Topics =
                [
                    new()
                    {
                        Name = topic.Name,
                        Partitions =
                        [
                            .. writes.Select(static each => new OffsetCommitRequest.OffsetCommitRequestPartition
                            {
                                PartitionIndex = each.Partition, CommittedOffset = each.Write.Value, CommittedMetadata = $"m{each.Write.Value}",
                            }),
                        ],
                    },
                ],
            },
            8, BoundMs);
        if (answer is null || !process.IsAlive)
            return;
        var now = ++_tick;
        var error = ErrorCode.None;
        foreach (var result in answer.Topics[0].Partitions)
        {
            error = result.ErrorCode;
            var (_, register, write) = writes.Find(each => each.Partition == result.PartitionIndex);
            if (error == ErrorCode.None)
            {
                Figures.Commits++;
                write.Done(now);
            }
            else if (error is ErrorCode.UnknownTopicOrPartition)
            {
                register.Refused(write);
                if (!topic.IsLeaving)
                    throw new SimulationFailure($"{topic} is said not to exist when {group} commits");
            }
            else if (error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress)
            {
                register.Refused(write);
            }
        }

        if (error is ErrorCode.None or ErrorCode.UnknownTopicOrPartition)
            return;
        if (member is not null)
            Refused(process, member, "OffsetCommit", error);
        else
            ExpectTrouble(process, $"OffsetCommit of {group}", error);
    }

    private void ReadOffsets(string group) => Begin(async process =>
    {
        if (ConnectionOf(process, "offsets") is { } connection)
            await CheckOffsetsAsync(process, connection, Random.Next(3) == 0 ? AloneGroup : group);
    });

    private async Task CheckOffsetsAsync(BrokerProcess process, WireConnection connection, string group)
    {
        Figures.Requests++;
        var asked = ++_tick;
        var answer = await connection.CallAsync<OffsetFetchRequest, OffsetFetchResponse>(new OffsetFetchRequest { GroupId = group, Topics = null }, 7, BoundMs);
        if (answer is null || !process.IsAlive)
            return;
        if (answer.ErrorCode != ErrorCode.None)
            throw new SimulationFailure($"OffsetFetch of {group} is answered with {answer.ErrorCode}");
        var found = new Dictionary<(string Topic, int Partition), long>();
        foreach (var topic in answer.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                found[(topic.Name, partition.PartitionIndex)] = partition.CommittedOffset;
                if (!_offsets.ContainsKey((group, topic.Name, partition.PartitionIndex)) || partition.Metadata != $"m{partition.CommittedOffset}")
                    throw new SimulationFailure($"{group} has {partition.CommittedOffset} '{partition.Metadata}' for {topic.Name}-{partition.PartitionIndex}, which nobody committed");
            }
        }

        foreach (var (key, register) in _offsets)
        {
            if (key.Group != group)
                continue;
            var offset = found.GetValueOrDefault((key.Topic, key.Partition), NoOffset);
            if (!register.TryRead(offset, asked, ++_tick))
                throw new SimulationFailure($"{group} has committed {Shown(offset)} for {key.Topic}-{key.Partition}, not {register}");
        }
    }

    private static string Shown(long offset) => offset == NoOffset ? "nothing" : Text(offset);

    private Register<long> OffsetOf(string group, TopicModel topic, int partition)
    {
        var key = (group, topic.Name, partition);
        if (_offsets.TryGetValue(key, out var register))
            return register;
        register = _offsets[key] = new Register<long>(NoOffset);
        foreach (var forgetting in topic.Forgettings)
            forgetting.Writes.Add((register, register.Begin(NoOffset, forgetting.Started)));
        return register;
    }

    // With a topic go the offsets that were committed for it, and a new one of its name has none.
    private Forgetting BeginForget(TopicModel topic, long now)
    {
        var forgetting = new Forgetting(now);
        topic.Forgettings.Add(forgetting);
        foreach (var (key, register) in _offsets)
        {
            if (key.Topic == topic.Name)
                forgetting.Writes.Add((register, register.Begin(NoOffset, now)));
        }

        return forgetting;
    }

    private void EndForget(TopicModel topic, Forgetting forgetting, bool isDone)
    {
        var now = ++_tick;
        topic.Forgettings.Remove(forgetting);
        foreach (var (register, write) in forgetting.Writes)
        {
            if (isDone)
                write.Done(now);
            else
                register.Refused(write);
        }
    }
}
