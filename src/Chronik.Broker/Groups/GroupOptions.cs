using Chronik.Coordination.Classic;
using Chronik.Coordination.Offsets;

namespace Chronik.Broker.Groups;

/// <summary>Where the coordinator takes its settings from, each time anew: they may change while it runs.</summary>
/// <param name="Group">The settings of one group.</param>
/// <param name="Offsets">The settings of all committed offsets.</param>
internal sealed record GroupOptions(Func<string, GroupSettings> Group, Func<OffsetSettings> Offsets)
{
    /// <summary>A broker that was told nothing.</summary>
    public static GroupOptions Default { get; } = new(_ => GroupSettings.Default, () => new OffsetSettings());
}
