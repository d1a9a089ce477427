using System.Collections.Immutable;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

/// <summary>A random walk, and an independent account of what the group's members were told.</summary>
internal sealed class GroupWalk
{
    private static readonly string[] Instances = ["i0", "i1"];
    private readonly Random _random;
    private readonly GroupDriver _group;
    private readonly Dictionary<RequestId, (GroupRequest Request, TimeSpan SentAt)> _parked = [];
    private readonly Dictionary<(int Generation, string Partition), string> _owners = [];
    private readonly Dictionary<int, string> _leaders = [];
    private readonly List<string> _known = [""];
    private int _toldGeneration;
    private int _seen;

    public GroupWalk(Random random)
    {
        _random = random;
        _group = new GroupDriver(GroupSettings.Default with
        {
            SizeMax = 6,
            RescueEvict = TimeSpan.FromSeconds(random.Next(2) * 15),
            InitialRebalanceDelay = TimeSpan.FromSeconds(random.Next(2) * 3),
        });
        _group.Topics["t"] = 7;
        _group.Topics["u"] = 2;
    }

    public bool CrashesAfterEveryStep { get; init; }

    public int StableGenerations { get; private set; }

    public void Step()
    {
        _group.HoldWrites = _random.Next(3) == 0;
        _group.FailWrites = _random.Next(40) == 0;
        switch (_random.Next(20))
        {
            case < 4:
                Send(Join());
                break;
            case < 9:
                Send(Sync());
                break;
            case < 12:
                Send(new HeartbeatCommand(_group.NextRequest(), Member(), Instance(), Generation()));
                break;
            case 12:
                Send(new LeaveCommand(_group.NextRequest(), [.. Enumerable.Range(0, _random.Next(3)).Select(_ => new LeavingMember(Member(), Instance()))]));
                break;
            case 13:
                Send(new CommitCommand(_group.NextRequest(), Member(), Instance(), Generation()));
                break;
            case 14 when _parked.Count > 0:
                _group.Run(new AbandonCommand(_parked.Keys.ElementAt(_random.Next(_parked.Count))));
                break;
            case 15 when _random.Next(10) == 0:
                Restart();
                break;
            default:
                _group.Advance(TimeSpan.FromMilliseconds(_random.Next(4) == 0 ? _random.Next(20_000) : _random.Next(500)));
                break;
        }

        while (_group.WritesHeld > 0 && _random.Next(2) == 0)
            _group.EndWrite(_random.Next(20) != 0);
        if (CrashesAfterEveryStep)
            CheckAgainstACrash();
    }

    /// <summary>All clients fall silent: what is parked must be answered, and the group be empty in the end.</summary>
    public void Settle()
    {
        _group.HoldWrites = false;
        _group.FailWrites = false;
        while (_group.WritesHeld > 0)
            _group.EndWrite();
        _group.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(ClassicGroupPhase.Empty, _group.Group.Phase);
        Assert.Null(Deadlines.Earliest(_group.Group));
    }

    public void AssertInvariants()
    {
        var group = _group.Group;
        TakeAnswers();
        Assert.True(group.Generation >= _toldGeneration, "the generation went back");
        foreach (var member in group.Members.All)
        {
            var isParked = member.JoinRequest is not null || member.SyncRequest is not null;
            Assert.False(member.JoinRequest is not null && member.SyncRequest is not null, "a member waits for two things");
            Assert.True(isParked == member.SessionDeadline is null, "each member has a session or a parked request, never both");
        }

        Assert.Equal(group.Members.All.Count(member => member.JoinRequest is not null), group.Members.AwaitingJoin);
        Assert.All(group.Members.All.Where(member => member.InstanceId is not null), member => Assert.Equal(member.MemberId, group.Members.IdOfInstance(member.InstanceId!)));
        Assert.Equal(group.Phase == ClassicGroupPhase.PreparingRebalance, group.Join is not null);
        Assert.Equal(group.Phase is ClassicGroupPhase.CompletingRebalance or ClassicGroupPhase.Stable, group.Sync is not null);
        Assert.True(group.Leader is null || group.Members.Contains(group.Leader), "the leader is no member");
        if (group.Phase == ClassicGroupPhase.Empty)
            Assert.Equal(0, group.Members.Count);
        if (group.Phase is ClassicGroupPhase.CompletingRebalance or ClassicGroupPhase.Stable)
            Assert.NotNull(group.Leader);
        // A static member that comes back is let in beyond the bound: it takes a place that was counted.
        Assert.True(group.Members.All.Count(member => member.JoinedAt is not null) <= _group.Settings.SizeMax + Instances.Length, "the group is too large");
        Assert.False(Deadlines.Earliest(group) < _group.Uptime, "something overdue did not happen");

        var parkedInGroup = group.Members.All.SelectMany(member => new[] { member.JoinRequest, member.SyncRequest }).OfType<RequestId>().ToHashSet();
        if (_group.WritesHeld == 0)
        {
            Assert.True(parkedInGroup.SetEquals(_parked.Keys), "a request was lost, or answered and kept");
            foreach (var (_, sentAt) in _parked.Values)
                Assert.True(_group.Uptime - sentAt <= TimeSpan.FromSeconds(200), "a request was parked beyond every deadline");
        }
    }

    private void Send(GroupRequest request)
    {
        _parked.Add(request.Request, (request, _group.Uptime));
        _group.Send(request);
    }

    /// <summary>What was answered is compared with all that was answered before.</summary>
    private void TakeAnswers()
    {
        foreach (var (id, answer) in _group.Answers.Skip(_seen))
        {
            _seen++;
            _parked.Remove(id, out var parked);
            if (answer is JoinAnswer { MemberId.Length: > 0 } given && !_known.Contains(given.MemberId))
                _known.Add(given.MemberId);
            if (answer.Error != ErrorCode.None)
                continue;
            if (answer is JoinAnswer join)
            {
                Assert.True(join.Generation >= _toldGeneration, "a generation was told that is older than another");
                _toldGeneration = join.Generation;
                if (!join.SkipAssignment && join.Members.Length > 0)
                    Assert.Equal(join.MemberId, _leaders.TryAdd(join.Generation, join.MemberId) ? join.MemberId : _leaders[join.Generation]);
            }
            else if (answer is SyncAnswer sync)
            {
                TakeAssignment((SyncCommand)parked.Request, sync);
            }
        }
    }

    private void TakeAssignment(SyncCommand request, SyncAnswer answer)
    {
        Assert.Equal(_group.Group.ProtocolType ?? answer.ProtocolType, answer.ProtocolType);
        // Static members keep their part when they come back under another id.
        var owner = request.InstanceId ?? request.MemberId;
        foreach (var partition in AssignmentReader.Partitions(answer.Assignment))
        {
            var key = (request.Generation, partition.ToString());
            if (_owners.TryAdd(key, owner))
                StableGenerations += partition.Partition == 0 && partition.Topic == "t" ? 1 : 0;
            Assert.Equal(owner, _owners[key]);
        }
    }

    private void CheckAgainstACrash()
    {
        TakeAnswers();
        var after = _group.Stored is { } stored
            ? ClassicGroupCodec.Decode("g", stored, _group.Settings, _group.Now)
            : ClassicGroup.Create("g", _group.Now);
        Assert.True(after.Generation >= _toldGeneration, "a generation that members were told of is lost");
        var now = _group.Group;
        if (_group.WritesHeld > 0 || _group.LastWriteFailed)
            return;
        if (now.Phase == ClassicGroupPhase.Stable && after.Phase == ClassicGroupPhase.Stable)
            Assert.Equal(now.Members.All.Select(Told), after.Members.All.Select(Told));
        Assert.True(after.Phase == now.Phase || now.Phase == ClassicGroupPhase.PreparingRebalance, $"memory is {now.Phase}, the catalog {after.Phase}");
        Assert.Equal(now.Generation, after.Generation);
        foreach (var partition in _owners.Where(owner => owner.Key.Generation == after.Generation && after.Phase == ClassicGroupPhase.Stable))
            Assert.Contains(after.Members.All, member => AssignmentReader.Partitions(member.Assignment).Any(p => p.ToString() == partition.Key.Partition));
    }

    private static string Told(GroupMember member) =>
        $"{member.MemberId}/{member.InstanceId}: {string.Join(' ', AssignmentReader.Partitions(member.Assignment))}";

    private void Restart()
    {
        _group.Restart();
        TakeAnswers();
        _parked.Clear();
    }

    private JoinCommand Join()
    {
        var instance = Instance();
        var member = _random.Next(3) == 0 ? "" : Member();
        var names = _random.Next(4) == 0 ? ImmutableArray.Create("range") : ["cooperative-sticky", "range"];
        return _group.NewJoin(instance, [.. names.Select(name => GroupDriver.Protocol(name, _random.Next(5) == 0 ? "u" : "t", "t"))]) with
        {
            MemberId = member,
            MustKnowMemberId = _random.Next(2) == 0,
            MaySkipAssignment = _random.Next(2) == 0,
            SessionTimeout = TimeSpan.FromSeconds(_random.Next(6, 30)),
            RebalanceTimeout = TimeSpan.FromSeconds(_random.Next(1, 60)),
        };
    }

    private SyncCommand Sync()
    {
        var member = _random.Next(2) == 0 ? _group.Group.Leader ?? Member() : Member();
        var instance = _group.Group.Members.TryGet(member, out var known) ? known.InstanceId : Instance();
        var knowsAll = _random.Next(5) > 0;
        var assignments = member == _group.Group.Leader ? _group.Group.Members.All.Select((m, i) =>
            KeyValuePair.Create(m.MemberId, OnePartition(i, knowsAll))) : [];
        return new SyncCommand(_group.NextRequest()) { MemberId = member, InstanceId = instance, Generation = Generation(), Assignments = [.. assignments] };
    }

    // A leader that does not know topic u yet gives it to nobody, and is asked again where someone subscribes to it.
    private static ReadOnlyMemory<byte> OnePartition(int partition, bool knowsAll) => partition == 0 && knowsAll
        ? new byte[] { 0, 0, 0, 0, 0, 2, 0, 1, (byte)'t', 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, (byte)'u', 0, 0, 0, 1, 0, 0, 0, 0, 255, 255, 255, 255 }
        : new byte[] { 0, 0, 0, 0, 0, 1, 0, 1, (byte)'t', 0, 0, 0, 1, 0, 0, 0, (byte)partition, 255, 255, 255, 255 };

    private int Generation() => _random.Next(10) == 0 ? _group.Group.Generation - 1 : _group.Group.Generation;

    private string? Instance() => _random.Next(3) == 0 ? Instances[_random.Next(Instances.Length)] : null;

    private string Member()
    {
        var members = _group.Group.Members.All.Select(member => member.MemberId).ToList();
        return members.Count > 0 && _random.Next(5) > 0 ? members[_random.Next(members.Count)] : _known[_random.Next(_known.Count)];
    }
}
