using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

/// <summary>
/// Drives one group the way the broker does: keeps its value, moves a clock from deadline to deadline, stores what the
/// machine asks for (at once, later, or not at all) and lets answers leave only after it is stored.
/// </summary>
internal sealed class GroupDriver
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Queue<(GroupWrite Write, IReadOnlyList<GroupAnswer> Answers)> _writes = new();
    private readonly Dictionary<RequestId, GroupAnswer> _answers = [];
    private long _lastRequest;
    private int _lastMember;

    public GroupDriver(GroupSettings? settings = null)
    {
        Settings = settings ?? GroupSettings.Default;
        Group = ClassicGroup.Create("g", Now);
    }

    public ClassicGroup Group { get; private set; }

    public GroupSettings Settings { get; set; }

    public TimeSpan Uptime { get; private set; }

    public Moment Now => new(Uptime, Start + Uptime);

    public Dictionary<string, int> Topics { get; } = new(StringComparer.Ordinal) { ["t"] = 3 };

    public List<GroupNotice> Notices { get; } = [];

    /// <summary>What a restart would find.</summary>
    public ReadOnlyMemory<byte>? Stored { get; private set; }

    /// <summary>Writes wait for <see cref="EndWrite"/>.</summary>
    public bool HoldWrites { get; set; }

    /// <summary>The catalog refuses.</summary>
    public bool FailWrites { get; set; }

    public int WritesHeld => _writes.Count;

    /// <summary>Memory is ahead of the catalog until the next write.</summary>
    public bool LastWriteFailed { get; private set; }

    public IReadOnlyDictionary<RequestId, GroupAnswer> Answers => _answers;

    public static readonly ClientIdentity Client = new("app", "/127.0.0.1", "kafka-python", "2.0.2");

    public RequestId NextRequest() => new(++_lastRequest);

    public string NextMemberId(string prefix = "app") => $"{prefix}-{++_lastMember:0000}";

    public static GroupProtocol Protocol(string name, params string[] topics) => new(name, Subscription(topics));

    public static ReadOnlyMemory<byte> Subscription(params string[] topics)
    {
        using var bytes = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        bytes.Write([0, 0]);
        BinaryPrimitives.WriteInt32BigEndian(number, topics.Length);
        bytes.Write(number);
        foreach (var topic in topics)
        {
            BinaryPrimitives.WriteInt16BigEndian(number, (short)topic.Length);
            bytes.Write(number[..2]);
            bytes.Write(Encoding.UTF8.GetBytes(topic));
        }

        bytes.Write([0xFF, 0xFF, 0xFF, 0xFF]);
        return bytes.ToArray();
    }

    /// <summary>A join of one that has no id, as clients below v4 send it: it is a member at once.</summary>
    public JoinCommand NewJoin(string? instance = null, ImmutableArray<GroupProtocol> protocols = default) => new(NextRequest())
    {
        MemberId = "",
        InstanceId = instance,
        NewMemberId = NextMemberId(instance ?? "app"),
        Client = Client,
        SessionTimeout = TimeSpan.FromSeconds(10),
        RebalanceTimeout = TimeSpan.FromSeconds(60),
        ProtocolType = "consumer",
        Protocols = protocols.IsDefault ? [Protocol("range", "t")] : protocols,
    };

    public JoinCommand Rejoin(string memberId, ImmutableArray<GroupProtocol> protocols = default) =>
        NewJoin(Group.Members.TryGet(memberId, out var member) ? member.InstanceId : null, protocols) with { MemberId = memberId };

    public RequestId Send(GroupRequest request)
    {
        Run(request);
        return request.Request;
    }

    public JoinAnswer Join(JoinCommand join) => Answered<JoinAnswer>(Send(join));

    /// <summary>A new member below v4 joins and all others rejoin; its member id.</summary>
    public string AddMember(string? instance = null, ImmutableArray<GroupProtocol> protocols = default)
    {
        var before = Group.Members.All.Select(member => member.MemberId).ToList();
        var request = Send(NewJoin(instance, protocols));
        foreach (var member in before)
            Send(Rejoin(member, Protocols(member)));
        return Answered<JoinAnswer>(request).MemberId;
    }

    /// <summary>Everyone joins and syncs: a Stable group of this many; the leader comes first.</summary>
    public List<string> StableGroup(int size, string? instancePrefix = null)
    {
        var ids = new List<string>();
        for (var i = 0; i < size; i++)
            ids.Add(AddMember(instancePrefix is null ? null : instancePrefix + i));
        SyncAll();
        Assert.Equal(ClassicGroupPhase.Stable, Group.Phase);
        return ids;
    }

    /// <summary>The leader assigns to each member its own name; all sync.</summary>
    public void SyncAll()
    {
        var leader = Group.Leader!;
        foreach (var member in Group.Members.All.Select(member => member.MemberId).Where(id => id != leader).ToList())
            Sync(member);
        SyncAsLeader();
    }

    public RequestId SyncAsLeader() => Send(new SyncCommand(NextRequest())
    {
        MemberId = Group.Leader!,
        InstanceId = Group.LeaderMember!.InstanceId,
        Generation = Group.Generation,
        Assignments = [.. Group.Members.All.Select(member => KeyValuePair.Create<string, ReadOnlyMemory<byte>>(member.MemberId, Encoding.UTF8.GetBytes(member.MemberId)))],
    });

    public RequestId Sync(string memberId, int? generation = null) => Send(new SyncCommand(NextRequest())
    {
        MemberId = memberId,
        InstanceId = Group.Members.TryGet(memberId, out var member) ? member.InstanceId : null,
        Generation = generation ?? Group.Generation,
    });

    public ErrorCode Heartbeat(string memberId, int? generation = null, string? instance = null) =>
        Answered<HeartbeatAnswer>(Send(new HeartbeatCommand(NextRequest(), memberId, instance, generation ?? Group.Generation))).Error;

    public ErrorCode Commit(string memberId, int generation, string? instance = null, bool transactional = false) =>
        Answered<CommitAnswer>(Send(new CommitCommand(NextRequest(), memberId, instance, generation, transactional))).Error;

    public LeaveAnswer Leave(params LeavingMember[] members) => Answered<LeaveAnswer>(Send(new LeaveCommand(NextRequest(), [.. members])));

    public bool IsParked(RequestId request) => !_answers.ContainsKey(request);

    public T Answered<T>(RequestId request)
        where T : GroupAnswer
    {
        Assert.True(_answers.TryGetValue(request, out var answer), $"request {request.Value} is parked");
        return Assert.IsType<T>(answer);
    }

    public void Run(GroupCommand command)
    {
        var step = ClassicGroupMachine.Handle(Group, command, new GroupContext(Now, Settings, Topic));
        Group = step.Group;
        Notices.AddRange(step.Notices);
        if (step.Writes.Count == 0)
        {
            Release(step.Answers);
        }
        else
        {
            for (var i = 0; i < step.Writes.Count; i++)
                _writes.Enqueue((step.Writes[i], i == step.Writes.Count - 1 ? step.Answers : []));
        }

        while (!HoldWrites && _writes.Count > 0)
            EndWrite(!FailWrites);
    }

    /// <summary>The oldest write that waits is stored, or refused.</summary>
    public void EndWrite(bool succeeds = true)
    {
        var (write, answers) = _writes.Dequeue();
        LastWriteFailed = !succeeds;
        if (succeeds)
            Stored = ClassicGroupCodec.Encode(write.Group);
        Release(succeeds ? answers : [.. answers.Select(answer => answer.Failed(ErrorCode.CoordinatorNotAvailable))]);
        var hold = HoldWrites;
        HoldWrites = true;
        Run(new WriteEnded(write, succeeds));
        HoldWrites = hold;
    }

    /// <summary>Time passes; whatever becomes due on the way happens at its own time.</summary>
    public void Advance(TimeSpan by)
    {
        var target = Uptime + by;
        while (Deadlines.Earliest(Group) is { } due && due <= target)
        {
            Uptime = due > Uptime ? due : Uptime;
            Run(TickCommand.Instance);
        }

        Uptime = target;
    }

    public void AdvanceSeconds(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Time passes in which these members heartbeat every second.</summary>
    public void AdvanceWithHeartbeats(int seconds, params string[] members)
    {
        for (var i = 0; i < seconds; i++)
        {
            AdvanceSeconds(1);
            foreach (var member in members)
                Heartbeat(member);
        }
    }

    /// <summary>The process dies, and another begins with what was stored.</summary>
    public void Restart()
    {
        _writes.Clear();
        LastWriteFailed = false;
        Group = Stored is { } stored ? ClassicGroupCodec.Decode("g", stored, Settings, Now) : ClassicGroup.Create("g", Now);
    }

    private ImmutableArray<GroupProtocol> Protocols(string memberId) =>
        Group.Members.TryGet(memberId, out var member) ? member.Protocols : default;

    private int? Topic(string name) => Topics.TryGetValue(name, out var count) ? count : null;

    private void Release(IReadOnlyList<GroupAnswer> answers)
    {
        foreach (var answer in answers)
            Assert.True(_answers.TryAdd(answer.Request, answer), $"request {answer.Request.Value} was answered twice");
    }
}
