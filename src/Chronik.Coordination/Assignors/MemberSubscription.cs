using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>A member with its subscription decoded.</summary>
/// <param name="MemberId">The id that the coordinator gave it.</param>
/// <param name="GroupInstanceId">Its static identity, or null.</param>
/// <param name="Topics">The topics as it listed them, repetitions included.</param>
/// <param name="OwnedPartitions">What it says it owns (v1 and later).</param>
/// <param name="Generation">The generation in which it owned them (v2 and later), or null when it does not say.</param>
/// <param name="RackId">Its rack (v3), or null.</param>
/// <param name="UserData">What its assignor put in, or null.</param>
internal sealed record MemberSubscription(
    string MemberId,
    string? GroupInstanceId,
    IReadOnlyList<string> Topics,
    IReadOnlyList<TopicPartition> OwnedPartitions,
    int? Generation,
    string? RackId,
    ReadOnlyMemory<byte>? UserData)
{
    private readonly HashSet<string> _topics = new(Topics, StringComparer.Ordinal);

    /// <summary>Static members come first, by instance id; the others by member id.</summary>
    public static readonly IComparer<MemberSubscription> ByIdentity = Comparer<MemberSubscription>.Create((a, b) =>
        (a.GroupInstanceId, b.GroupInstanceId) switch
        {
            (not null, not null) => string.CompareOrdinal(a.GroupInstanceId, b.GroupInstanceId),
            (not null, null) => -1,
            (null, not null) => 1,
            _ => string.CompareOrdinal(a.MemberId, b.MemberId),
        });

    public bool Subscribes(string topic) => _topics.Contains(topic);
}
