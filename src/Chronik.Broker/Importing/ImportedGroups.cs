using Chronik.Catalog;
using Chronik.Coordination;
using Chronik.Coordination.Classic;

namespace Chronik.Broker.Importing;

/// <summary>Groups of Kafka as the coordinator here keeps them: without members, who join again.</summary>
internal static class ImportedGroups
{
    /// <summary>The groups that have offsets among those that are taken. One that never had members is its offsets alone.</summary>
    internal static IEnumerable<ImportJournal.GroupEntry> Encode(KafkaGroups groups, IReadOnlyList<CommittedOffsetRow> offsets, DateTimeOffset now)
    {
        foreach (var groupId in offsets.Select(static offset => offset.GroupId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (!groups.Groups.TryGetValue(groupId, out var known) || known.ProtocolType is null)
                continue;
            var group = new ClassicGroup
            {
                GroupId = groupId,
                Phase = ClassicGroupPhase.Empty,
                PhaseSince = new Moment(TimeSpan.Zero, now),
                Generation = Math.Max(0, known.Generation),
                ProtocolType = known.ProtocolType,
            };
            yield return new ImportJournal.GroupEntry(groupId, ClassicGroupCodec.Encode(group).ToArray());
        }
    }
}
