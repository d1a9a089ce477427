using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Chronik.Coordination.Classic;

/// <summary>
/// The members of a group, and those who were given an id but have not joined with it. Immutable; ordered by member id,
/// so that what follows from it is the same in every run.
/// </summary>
public sealed class MemberTable
{
    /// <summary>Nobody.</summary>
    public static readonly MemberTable Empty = new(
        ImmutableSortedDictionary.Create<string, GroupMember>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, PendingMember>(StringComparer.Ordinal),
        awaitingJoin: 0);

    private readonly ImmutableSortedDictionary<string, GroupMember> _byId;
    private readonly ImmutableSortedDictionary<string, string> _idByInstance;
    private readonly ImmutableSortedDictionary<string, PendingMember> _pending;

    private MemberTable(
        ImmutableSortedDictionary<string, GroupMember> byId,
        ImmutableSortedDictionary<string, string> idByInstance,
        ImmutableSortedDictionary<string, PendingMember> pending,
        int awaitingJoin)
    {
        _byId = byId;
        _idByInstance = idByInstance;
        _pending = pending;
        AwaitingJoin = awaitingJoin;
    }

    /// <summary>How many members there are, without the pending ones.</summary>
    public int Count => _byId.Count;

    /// <summary>How many of them have a parked JoinGroup.</summary>
    public int AwaitingJoin { get; }

    /// <summary>The members, by member id.</summary>
    public IEnumerable<GroupMember> All => _byId.Values;

    /// <summary>Those who were given an id and have not joined with it.</summary>
    public IEnumerable<PendingMember> Pending => _pending.Values;

    /// <summary>How many are pending.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>The longest that a rebalance waits for one of them.</summary>
    public TimeSpan RebalanceTimeoutMax => Count == 0 ? TimeSpan.Zero : All.Max(member => member.RebalanceTimeout);

    /// <summary>Finds a member.</summary>
    public bool TryGet(string memberId, [MaybeNullWhen(false)] out GroupMember member) => _byId.TryGetValue(memberId, out member);

    /// <summary>Whether it is a member.</summary>
    public bool Contains(string memberId) => _byId.ContainsKey(memberId);

    /// <summary>Whether it was given this id and has not joined with it.</summary>
    public bool IsPending(string memberId) => _pending.ContainsKey(memberId);

    /// <summary>The member id under which a static member is known now, or null.</summary>
    public string? IdOfInstance(string instanceId) => _idByInstance.GetValueOrDefault(instanceId);

    /// <summary>Adds or replaces a member; it is pending no longer.</summary>
    internal MemberTable With(GroupMember member)
    {
        var before = _byId.GetValueOrDefault(member.MemberId);
        return new MemberTable(
            _byId.SetItem(member.MemberId, member),
            member.InstanceId is null ? _idByInstance : _idByInstance.SetItem(member.InstanceId, member.MemberId),
            _pending.Remove(member.MemberId),
            AwaitingJoin + Awaits(member) - Awaits(before));
    }

    /// <summary>Changes all members at once.</summary>
    internal MemberTable Select(Func<GroupMember, GroupMember> change)
    {
        var byId = _byId.ToBuilder();
        var awaitingJoin = 0;
        foreach (var member in _byId.Values)
        {
            var changed = change(member);
            awaitingJoin += Awaits(changed);
            if (!ReferenceEquals(changed, member))
                byId[member.MemberId] = changed;
        }

        return new MemberTable(byId.ToImmutable(), _idByInstance, _pending, awaitingJoin);
    }

    /// <summary>Removes a member.</summary>
    internal MemberTable Without(GroupMember member) => new(
        _byId.Remove(member.MemberId),
        member.InstanceId is { } instance && IdOfInstance(instance) == member.MemberId ? _idByInstance.Remove(instance) : _idByInstance,
        _pending,
        AwaitingJoin - Awaits(_byId.GetValueOrDefault(member.MemberId)));

    /// <summary>Adds one that was given an id.</summary>
    internal MemberTable WithPending(PendingMember pending) =>
        new(_byId, _idByInstance, _pending.SetItem(pending.MemberId, pending), AwaitingJoin);

    /// <summary>Forgets one that was given an id.</summary>
    internal MemberTable WithoutPending(string memberId) => new(_byId, _idByInstance, _pending.Remove(memberId), AwaitingJoin);

    private static int Awaits(GroupMember? member) => member?.JoinRequest is null ? 0 : 1;
}
