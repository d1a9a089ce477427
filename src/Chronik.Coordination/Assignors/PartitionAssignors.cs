using System.Diagnostics.CodeAnalysis;

namespace Chronik.Coordination.Assignors;

/// <summary>The assignors that the server can compute in place of a leader.</summary>
public static class PartitionAssignors
{
    private static readonly IPartitionAssignor[] Known =
    [
        new RangeAssignor(), new RoundRobinAssignor(), new StickyAssignor(), new CooperativeStickyAssignor(),
    ];

    /// <summary>Finds an assignor by its protocol name.</summary>
    /// <returns>False for an assignor that only the members know: nobody may then invent an assignment for them.</returns>
    public static bool TryGet(string name, [NotNullWhen(true)] out IPartitionAssignor? assignor)
    {
        assignor = Array.Find(Known, known => string.Equals(known.Name, name, StringComparison.Ordinal));
        return assignor is not null;
    }
}
