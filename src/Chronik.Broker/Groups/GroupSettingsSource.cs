using Chronik.Broker.Configs;
using Chronik.Catalog;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Offsets;

namespace Chronik.Broker.Groups;

/// <summary>The settings of groups and offsets, from what the broker was started with and what was set since.</summary>
internal sealed class GroupSettingsSource(BrokerSettings broker, ConfigStore configs)
{
    private volatile Resolved? _resolved;

    /// <summary>For the coordinator.</summary>
    public GroupOptions Options => new(Group, () => Broker().Offsets);

    private GroupSettings Group(string groupId)
    {
        var settings = Broker().Group;
        var own = configs.Of(new ConfigResource(ConfigResourceKind.Group, groupId));
        return own.Count == 0 ? settings : settings with
        {
            Rescue = Milliseconds(broker.Resolve(GroupConfigs.RescueMs, own, ConfigSource.Group).Value!),
            RescueEvict = Milliseconds(broker.Resolve(GroupConfigs.RescueEvictMs, own, ConfigSource.Group).Value!),
        };
    }

    // Every heartbeat asks: what holds for all groups is resolved once for each change of a setting.
    private Resolved Broker()
    {
        var version = configs.Version;
        if (_resolved is { } resolved && ReferenceEquals(resolved.Version, version))
            return resolved;
        return _resolved = new Resolved(
            version,
            new GroupSettings
            {
                SessionTimeoutMin = Milliseconds(Value("group.min.session.timeout.ms")),
                SessionTimeoutMax = Milliseconds(Value("group.max.session.timeout.ms")),
                InitialRebalanceDelay = Milliseconds(Value("group.initial.rebalance.delay.ms")),
                SizeMax = ConfigValues.Int(Value("group.max.size")),
                Rescue = Milliseconds(Value(GroupConfigs.RescueMs.Name)),
                RescueEvict = Milliseconds(Value(GroupConfigs.RescueEvictMs.Name)),
            },
            new OffsetSettings
            {
                MetadataSizeMax = ConfigValues.Int(Value("offset.metadata.max.bytes")),
                Retention = TimeSpan.FromMinutes(ConfigValues.Int(Value("offsets.retention.minutes"))),
                RetentionCheckInterval = Milliseconds(Value("offsets.retention.check.interval.ms")),
            });
    }

    private string Value(string name) => broker.Value(name).Value!;

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(ConfigValues.Long(text));

    private sealed record Resolved(object Version, GroupSettings Group, OffsetSettings Offsets);
}
