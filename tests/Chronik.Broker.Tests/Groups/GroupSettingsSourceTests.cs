using Chronik.Broker.Configs;
using Chronik.Broker.Groups;
using Chronik.Broker.Tests.Topics;
using Chronik.Catalog;

namespace Chronik.Broker.Tests.Groups;

public sealed class GroupSettingsSourceTests
{
    [Fact]
    public async Task A_broker_that_was_told_nothing_has_the_defaults()
    {
        await using var world = await TopicWorld.StartAsync();
        var options = new GroupSettingsSource(world.Settings, world.Configs).Options;
        Assert.Equal(GroupOptions.Default.Group("g"), options.Group("g"));
        Assert.Equal(GroupOptions.Default.Offsets(), options.Offsets());
    }

    [Fact]
    public async Task What_the_broker_was_started_with_holds_for_all_groups()
    {
        await using var world = await TopicWorld.StartAsync(options: new BrokerOptions
        {
            LogSettings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["group.min.session.timeout.ms"] = "1",
                ["group.max.session.timeout.ms"] = "2",
                ["group.initial.rebalance.delay.ms"] = "3",
                ["group.max.size"] = "4",
                ["chronik.group.rescue.ms"] = "5",
                ["chronik.group.rescue.evict.ms"] = "6",
                ["offset.metadata.max.bytes"] = "7",
                ["offsets.retention.minutes"] = "8",
                ["offsets.retention.check.interval.ms"] = "9",
            },
        });
        var options = new GroupSettingsSource(world.Settings, world.Configs).Options;
        var group = options.Group("g");
        Assert.Equal(
            [1.0, 2, 3, 5, 6],
            new[] { group.SessionTimeoutMin, group.SessionTimeoutMax, group.InitialRebalanceDelay, group.Rescue, group.RescueEvict }.Select(time => time.TotalMilliseconds));
        Assert.Equal((4, 7), (group.SizeMax, options.Offsets().MetadataSizeMax));
        Assert.Equal((TimeSpan.FromMinutes(8), TimeSpan.FromMilliseconds(9)), (options.Offsets().Retention, options.Offsets().RetentionCheckInterval));
    }

    [Fact]
    public async Task A_group_has_its_own_rescue_as_soon_as_it_is_set()
    {
        await using var world = await TopicWorld.StartAsync();
        var options = new GroupSettingsSource(world.Settings, world.Configs).Options;
        Assert.Equal(5_000, options.Group("g").Rescue.TotalMilliseconds);
        await world.Configs.SetAsync([new ConfigSet(new ConfigResource(ConfigResourceKind.Group, "g"), "chronik.group.rescue.ms", "0")]);
        await world.Configs.SetAsync([new ConfigSet(new ConfigResource(ConfigResourceKind.Group, "g"), "chronik.group.rescue.evict.ms", "1000")]);
        Assert.Equal((0.0, 1_000.0), (options.Group("g").Rescue.TotalMilliseconds, options.Group("g").RescueEvict.TotalMilliseconds));
        Assert.Equal(5_000, options.Group("other").Rescue.TotalMilliseconds);
    }

    [Fact]
    public async Task A_change_for_all_brokers_holds_at_once()
    {
        await using var world = await TopicWorld.StartAsync();
        var options = new GroupSettingsSource(world.Settings, world.Configs).Options;
        Assert.Equal(5_000, options.Group("g").Rescue.TotalMilliseconds);
        await world.Configs.SetAsync([new ConfigSet(BrokerSettings.AllBrokers, "chronik.group.rescue.ms", "700")]);
        Assert.Equal(700, options.Group("g").Rescue.TotalMilliseconds);
    }
}
