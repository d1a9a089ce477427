using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Subscriptions;
using Chronik.Protocol;

namespace Chronik.Coordination.Offsets;

/// <summary>What may be committed, what a fetch sees, what may be deleted, and what expires.</summary>
public static class OffsetRules
{
    /// <summary>Whether an offset with these words may be committed.</summary>
    public static ErrorCode CheckCommit(string? metadata, OffsetSettings settings) =>
        metadata is not null && metadata.Length > settings.MetadataSizeMax ? ErrorCode.OffsetMetadataTooLarge : ErrorCode.None;

    /// <summary>
    /// What a fetch sees. One that wants stable offsets waits while a transaction is open that will move this one: what it
    /// would read now would be read again (KIP-447).
    /// </summary>
    public static FetchedOffset Fetch(GroupOffsets? offsets, TopicPartition partition, bool requireStable)
    {
        if (offsets is null)
            return FetchedOffset.None;
        if (requireStable && offsets.IsPending(partition))
            return FetchedOffset.Failed(ErrorCode.UnstableOffsetCommit);
        return offsets.Committed.TryGetValue(partition, out var committed)
            ? new FetchedOffset(committed.Offset, committed.LeaderEpoch, committed.Metadata ?? "", ErrorCode.None)
            : FetchedOffset.None;
    }

    /// <summary>The partitions that a fetch of everything names.</summary>
    public static IEnumerable<TopicPartition> AllOf(GroupOffsets offsets, bool requireStable) =>
        requireStable ? offsets.Committed.Keys.Union(offsets.Pending) : offsets.Committed.Keys;

    /// <summary>Whether offsets of the group may be deleted one by one: of live groups only where topics can be told apart.</summary>
    public static ErrorCode CheckDelete(ClassicGroup group) => group.Phase switch
    {
        ClassicGroupPhase.Empty => ErrorCode.None,
        ClassicGroupPhase.Dead => ErrorCode.GroupIdNotFound,
        _ => group.ProtocolType == ClassicGroup.ConsumerProtocolType ? ErrorCode.None : ErrorCode.NonEmptyGroup,
    };

    /// <summary>Whether the group reads a topic now: its offsets are in use.</summary>
    public static bool IsSubscribed(IReadOnlySet<string>? subscribed, string topic) => subscribed is not null && subscribed.Contains(topic);

    /// <summary>Whether a group may be deleted.</summary>
    public static ErrorCode CheckDeleteGroup(ClassicGroup group) => group.Phase switch
    {
        ClassicGroupPhase.Empty => ErrorCode.None,
        ClassicGroupPhase.Dead => ErrorCode.GroupIdNotFound,
        _ => ErrorCode.NonEmptyGroup,
    };

    /// <summary>
    /// The partitions whose offsets are to be forgotten (KIP-211): of an empty group when it has been empty for the
    /// retention; of a stable group of consumers those of topics that nobody subscribes to any more; of a name that never
    /// had members by the age of each commit. None while the group rebalances, none that a transaction will move.
    /// </summary>
    public static IReadOnlyList<TopicPartition> Expired(ClassicGroup group, GroupOffsets offsets, OffsetSettings settings, DateTimeOffset now)
    {
        Func<CommittedOffset, DateTimeOffset> since = committed => committed.CommittedAt;
        IReadOnlySet<string>? inUse = null;
        if (group.ProtocolType is null)
        {
            // A name used by tools, or by consumers that assign partitions themselves.
        }
        else if (group.Phase == ClassicGroupPhase.Empty)
        {
            since = _ => group.PhaseSince.Wall;
        }
        else
        {
            inUse = group.Phase == ClassicGroupPhase.Stable ? ConsumerSubscriptions.TopicsOf(group) : null;
            if (inUse is null)
                return [];
        }

        return [.. offsets.Committed
            .Where(entry => !IsSubscribed(inUse, entry.Key.Topic) && !offsets.IsPending(entry.Key)
                && (entry.Value.ExpiresAt ?? (since(entry.Value) + settings.Retention)) <= now)
            .Select(entry => entry.Key)];
    }
}
