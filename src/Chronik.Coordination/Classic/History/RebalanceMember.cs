namespace Chronik.Coordination.Classic.History;

/// <summary>A member's part in a rebalance.</summary>
/// <param name="MemberId">Its member id.</param>
/// <param name="InstanceId">Its static identity, or null.</param>
/// <param name="Client">The process behind it.</param>
/// <param name="JoinedAt">When it joined; null: it did not.</param>
/// <param name="SyncedAt">When it asked for its assignment; null: it did not.</param>
/// <param name="IsGone">It was removed before the next rebalance began.</param>
public sealed record RebalanceMember(
    string MemberId, string? InstanceId, ClientIdentity Client, DateTimeOffset? JoinedAt, DateTimeOffset? SyncedAt, bool IsGone)
{
    internal static RebalanceMember Of(GroupMember member, bool isGone) =>
        new(member.MemberId, member.InstanceId, member.Client, member.JoinedAt?.Wall, member.SyncedAt?.Wall, isGone);
}
