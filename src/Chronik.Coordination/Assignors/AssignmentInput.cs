namespace Chronik.Coordination.Assignors;

/// <summary>What a leader knows when it computes an assignment.</summary>
/// <param name="Members">
/// All members of the generation, in the order in which JoinGroup would list them to the leader.
/// </param>
/// <param name="Topics">
/// The topics that exist, by name. Topics that nobody subscribes to are ignored; a subscribed topic that is missing
/// here gives no partitions.
/// </param>
public sealed record AssignmentInput(
    IReadOnlyList<AssignmentMember> Members,
    IReadOnlyDictionary<string, TopicLayout> Topics);
