using Chronik.Campaigns.Simulation;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Campaigns.BrokerSimulation;

/// <content>Members of groups: they join, lead, go silent, and are never left without an answer.</content>
internal sealed partial class BrokerSimulationRun
{
    private const int MembersMax = 6;
    private const int SessionMs = 6_000;
    private const int RebalanceMsMax = 9_000;

    /// <summary>A join waits for the members there were for no longer than they may take to come back, and then for the catalog.</summary>
    private const int JoinBoundMs = RebalanceMsMax + 1_000;

    /// <summary>A sync waits for the leader; a silent one is stood in for after chronik.group.rescue.ms.</summary>
    private const int SyncBoundMs = 5_000 + 1_000;

    private static readonly string[] s_groups = ["g1", "g2"];
    private static readonly string[] s_assignors = ["range", "roundrobin"];
    private readonly GroupMember[] _members;

    private void Act(GroupMember member)
    {
        if (member.IsBusy)
            return;
        member.IsBusy = true;
        var dice = Random.Next(100);
        Begin(async process =>
        {
            if (member.IsStable)
                await LiveAsync(process, member, dice);
            else if (!member.IsJoined)
                await JoinAsync(process, member);
            else if (dice < 15)
                member.Die();
            else
                await SyncAsync(process, member);
            if (process.IsAlive)
                member.IsBusy = false;
        });
    }

    private async Task LiveAsync(BrokerProcess process, GroupMember member, int dice)
    {
        if (dice < 35)
            await HeartbeatAsync(process, member);
        else if (dice < 80)
            await CommitAsync(process, member.Name, member.Group, member.Generation, member.MemberId, member);
        else if (dice < 88)
            member.Rejoin();
        else if (dice < 94)
            await LeaveAsync(process, member);
        else
            member.Die();
    }

    private async Task JoinAsync(BrokerProcess process, GroupMember member)
    {
        Figures.Requests++;
        Figures.Rebalances++;
        var version = (short)(Random.Next(3) switch { 0 => 3, 1 => 5, _ => 9 });
        var subscription = ConsumerProtocol.Write(new ConsumerProtocolSubscription { Topics = [.. _topics.Select(static topic => topic.Name)] }, 1);
        var connection = ConnectionOf(process, member.Name);
        var answer = connection is null ? null : await connection.CallAsync<JoinGroupRequest, JoinGroupResponse>(
            new JoinGroupRequest
            {
                GroupId = member.Group,
                SessionTimeoutMs = SessionMs,
                RebalanceTimeoutMs = Random.Next(2_000, RebalanceMsMax),
                MemberId = member.MemberId,
                ProtocolType = "consumer",
                Protocols = [.. s_assignors.Select(name => new JoinGroupRequest.JoinGroupRequestProtocol { Name = name, Metadata = subscription })],
            },
            version, JoinBoundMs);
        if (answer is null || !process.IsAlive)
            return;
        if (answer.ErrorCode == ErrorCode.MemberIdRequired)
        {
            member.MemberId = answer.MemberId;
            return;
        }

        if (answer.ErrorCode != ErrorCode.None)
        {
            Refused(process, member, "JoinGroup", answer.ErrorCode);
            return;
        }

        if (answer.MemberId.Length == 0 || (member.MemberId.Length > 0 && member.MemberId != answer.MemberId))
            throw new SimulationFailure($"{member.Group}: {member.MemberId} joins as {answer.MemberId}");
        Trace.Add("joined", $"{member.Name} {answer.MemberId} {answer.Leader} {answer.Members.Count} {process.Time.Elapsed}", answer.GenerationId);
        var isLeader = answer.Leader == answer.MemberId;
        if (isLeader && !answer.Members.Exists(other => other.MemberId == answer.MemberId))
            throw new SimulationFailure($"{member.Group}: the leader {answer.MemberId} is not told of itself");
        (member.MemberId, member.Generation, member.IsJoined) = (answer.MemberId, answer.GenerationId, true);
        (member.Led, member.Protocol) = (isLeader ? [.. answer.Members.Select(static other => other.MemberId)] : [], answer.ProtocolName ?? "");
    }

    private async Task SyncAsync(BrokerProcess process, GroupMember member)
    {
        Figures.Requests++;
        var forgets = !IsFinishing && Random.Next(4) == 0;
        var assigned = Live().Where((_, i) => i > 0 || !forgets).Select(static topic => new ConsumerProtocolAssignment.TopicPartition
        {
            Topic = topic.Name,
            Partitions = [.. Enumerable.Range(0, topic.PartitionsMin)],
        });
        var connection = ConnectionOf(process, member.Name);
        var answer = connection is null ? null : await connection.CallAsync<SyncGroupRequest, SyncGroupResponse>(
            new SyncGroupRequest
            {
                GroupId = member.Group,
                GenerationId = member.Generation,
                MemberId = member.MemberId,
                ProtocolType = "consumer",
                ProtocolName = member.Protocol,
                Assignments =
                [
                    .. member.Led.Select((id, i) => new SyncGroupRequest.SyncGroupRequestAssignment
                    {
                        MemberId = id,
                        Assignment = ConsumerProtocol.Write(
                            new ConsumerProtocolAssignment { AssignedPartitions = i == 0 ? [.. assigned] : [] }, 1),
                    }),
                ],
            },
            5, SyncBoundMs);
        if (answer is null || !process.IsAlive)
            return;
        if (answer.ErrorCode == ErrorCode.None)
        {
            _ = ConsumerProtocol.ReadAssignment(answer.Assignment);
            member.IsStable = true;
        }
        else
        {
            Refused(process, member, "SyncGroup", answer.ErrorCode);
        }
    }

    private async Task HeartbeatAsync(BrokerProcess process, GroupMember member)
    {
        Figures.Requests++;
        var connection = ConnectionOf(process, member.Name);
        var answer = connection is null ? null : await connection.CallAsync<HeartbeatRequest, HeartbeatResponse>(
            new HeartbeatRequest { GroupId = member.Group, GenerationId = member.Generation, MemberId = member.MemberId }, 4, BoundMs);
        if (answer is not null && process.IsAlive && answer.ErrorCode != ErrorCode.None)
            Refused(process, member, "Heartbeat", answer.ErrorCode);
    }

    private async Task LeaveAsync(BrokerProcess process, GroupMember member)
    {
        Figures.Requests++;
        var connection = ConnectionOf(process, member.Name);
        _ = connection is null ? null : await connection.CallAsync<LeaveGroupRequest, LeaveGroupResponse>(
            new LeaveGroupRequest { GroupId = member.Group, Members = [new() { MemberId = member.MemberId }] }, 5, BoundMs);
        if (process.IsAlive)
            member.Die();
    }

    // As clients do on each error.
    private void Refused(BrokerProcess process, GroupMember member, string what, ErrorCode error)
    {
        Trace.Add("refused", $"{member.Name} {what} {error} {process.Time.Elapsed}");
        switch (error)
        {
            case ErrorCode.UnknownMemberId:
                member.Die();
                break;
            case ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress:
                member.Rejoin();
                break;
            case ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator:
                ExpectTrouble(process, $"{what} of {member.Group}", error);
                break;
            default:
                throw new SimulationFailure($"{member.Group}: {what} is answered with {error}");
        }
    }

    // On a disk that is well a new member gets its assignment, whatever state the group was left in.
    private void ProveGroup(string group, string name)
    {
        const int ActsMax = 20;
        var member = new GroupMember(group, name);
        for (var acts = 0; !member.IsStable; acts++)
        {
            if (acts == ActsMax)
                throw new SimulationFailure($"The group {group} is stuck: nobody gets an assignment any more");
            member.IsBusy = true;
            Begin(async process =>
            {
                await (member.IsJoined ? SyncAsync(process, member) : JoinAsync(process, member));
                member.IsBusy = false;
            });
            _process.Scheduler.RunAll();
            for (var waitedMs = 0; waitedMs <= JoinBoundMs && member.IsBusy; waitedMs += 1_000)
            {
                _process.Advance(1_000);
                Check();
            }
        }

        Begin(process => LeaveAsync(process, member));
        _process.Scheduler.RunAll();
        Check();
    }
}
