namespace Chronik.Coordination.Assignors;

/// <summary>The rule by which all assignors decide whether racks matter (KIP-881).</summary>
internal static class RackAwareness
{
    /// <summary>
    /// Racks matter when a member shares a rack with a replica, unless every partition has a replica in every rack:
    /// then any member is near to any partition.
    /// </summary>
    public static bool Matters(IReadOnlySet<string> memberRacks, IEnumerable<IReadOnlySet<string>> racksOfEachPartition)
    {
        if (memberRacks.Count == 0)
            return false;
        var partitions = racksOfEachPartition as IReadOnlyCollection<IReadOnlySet<string>> ?? racksOfEachPartition.ToList();
        var all = new HashSet<string>(partitions.SelectMany(racks => racks), StringComparer.Ordinal);
        return all.Overlaps(memberRacks) && !partitions.All(all.SetEquals);
    }

    /// <summary>The racks that hold a replica of a partition.</summary>
    public static IReadOnlySet<string> OfPartition(TopicLayout layout, int partition)
    {
        var racks = new HashSet<string>(StringComparer.Ordinal);
        if (layout.ReplicaRacks is { } known && partition < known.Count)
        {
            foreach (var rack in known[partition])
            {
                if (rack is not null)
                    racks.Add(rack);
            }
        }

        return racks;
    }
}
