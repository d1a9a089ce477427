namespace Chronik.Coordination.Classic;

/// <summary>What a step needs besides the group and the command.</summary>
/// <param name="Now">The time of the step.</param>
/// <param name="Settings">The group's settings.</param>
/// <param name="PartitionCount">How many partitions a topic has; null: it does not exist.</param>
public sealed record GroupContext(Moment Now, GroupSettings Settings, Func<string, int?> PartitionCount);
