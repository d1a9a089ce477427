using Chronik.Coordination.Classic;

namespace Chronik.Broker.Groups;

/// <summary>How often something happened to groups since the start.</summary>
internal sealed class GroupCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<GroupNoticeKind>().Length];

    /// <summary>How often this happened.</summary>
    public long this[GroupNoticeKind kind] => Interlocked.Read(ref _counts[(int)kind]);

    /// <summary>It happened once more.</summary>
    public void Count(GroupNoticeKind kind) => Interlocked.Increment(ref _counts[(int)kind]);
}
