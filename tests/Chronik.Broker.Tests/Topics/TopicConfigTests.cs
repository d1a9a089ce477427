using Chronik.Broker.Configs;
using Chronik.Broker.Topics;
using Chronik.Catalog;
using Chronik.Protocol;

namespace Chronik.Broker.Tests.Topics;

public sealed class TopicConfigTests
{
    [Fact]
    public async Task A_topics_own_setting_wins_over_the_brokers_and_that_over_the_default()
    {
        var options = new BrokerOptions { LogSettings = Settings(("log.retention.hours", "2"), ("log.segment.bytes", "2000000")), MessageBytesMax = 500 };
        await using var world = await TopicWorld.StartAsync(options: options);
        await world.Topics.CreateAsync([new NewTopic("a", 1, Settings(("segment.bytes", "3000000"))), new NewTopic("b", 1)]);
        Assert.True(world.Topics.TryGet("a", out var a));
        Assert.True(world.Topics.TryGet("b", out var b));

        Assert.Equal((3_000_000, 7_200_000, 500, 604_800_000), (a.Config.Log.SegmentBytesMax, a.Config.Log.RetentionMs, a.Config.MessageBytesMax, a.Config.Log.SegmentMs));
        Assert.Equal(2_000_000, b.Config.Log.SegmentBytesMax);

        await world.Alteration.ApplyAsync((sbyte)ConfigResourceKind.Broker, "", [new ConfigEdit("log.retention.ms", ConfigOperation.Set, "5000")], replaceAll: false, validateOnly: false);
        await world.Alteration.ApplyAsync((sbyte)ConfigResourceKind.Broker, "1", [new ConfigEdit("log.segment.bytes", ConfigOperation.Set, "4000000")], replaceAll: false, validateOnly: false);
        Assert.True(world.Topics.TryGet("a", out a));
        Assert.True(world.Topics.TryGet("b", out b));

        Assert.Equal((3_000_000, 5_000), (a.Config.Log.SegmentBytesMax, a.Config.Log.RetentionMs));
        Assert.Equal((4_000_000, 5_000), (b.Config.Log.SegmentBytesMax, b.Config.Log.RetentionMs));
        Assert.True(b.TryGetLog(0, out var log));
        Assert.Equal(4_000_000, log.Config.SegmentBytesMax);
    }

    [Fact]
    public async Task Records_of_a_compacted_topic_are_not_deleted_by_age_or_size()
    {
        await using var world = await TopicWorld.StartAsync();

        var config = world.Resolver.For(Settings(("cleanup.policy", "compact"), ("retention.ms", "1"), ("retention.bytes", "1")));
        var both = world.Resolver.For(Settings(("cleanup.policy", "compact,delete"), ("retention.ms", "1")));

        Assert.Equal((true, true, -1, -1), (config.IsCompacted, config.KeepsLastOfEachKey, config.Log.RetentionMs, config.Log.RetentionBytes));
        Assert.Equal((true, false, 1), (both.IsCompacted, both.KeepsLastOfEachKey, both.Log.RetentionMs));
    }

    [Fact]
    public void The_tables_of_settings_are_sorted_and_each_default_passes_its_own_checks()
    {
        var all = TopicConfigs.All.Concat(GroupConfigs.All).Concat(BrokerConfigs.All.Select(c => c.Definition)).ToArray();

        Assert.Equal(TopicConfigs.All.Select(d => d.Name).Order(StringComparer.Ordinal), TopicConfigs.All.Select(d => d.Name));
        Assert.All(all.Where(d => d.Default is not null), d => Assert.Null(ConfigValues.Problem(d, d.Default!)));
        Assert.All(TopicConfigs.All.SelectMany(d => d.BrokerSynonyms), s => Assert.True(BrokerConfigs.ByName.ContainsKey(s.Name), s.Name));
        Assert.All(all, d => Assert.EndsWith(".", d.Documentation, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_settings_of_a_group_outlive_a_restart()
    {
        using var folder = new TestKit.TemporaryFolder();
        await using (var world = await TopicWorld.StartAsync(folder.PathOf("catalog.db")))
        {
            var (error, _) = await world.Alteration.ApplyAsync(
                (sbyte)ConfigResourceKind.Group, "billing", [new ConfigEdit("chronik.group.rescue.ms", ConfigOperation.Set, "0")], replaceAll: false, validateOnly: false);
            Assert.Equal(ErrorCode.None, error);
        }

        await using var again = await TopicWorld.StartAsync(folder.PathOf("catalog.db"));

        var own = again.Configs.Of(new ConfigResource(ConfigResourceKind.Group, "billing"));
        Assert.Equal("0", again.Settings.Resolve(GroupConfigs.RescueMs, own, ConfigSource.Group).Value);
        Assert.Equal("5000", again.Settings.Resolve(GroupConfigs.RescueMs, again.Configs.Of(new ConfigResource(ConfigResourceKind.Group, "other")), ConfigSource.Group).Value);
    }

    [Fact]
    public async Task A_broker_setting_with_a_wrong_value_is_named_before_anything_starts()
    {
        await using var catalog = Catalogs.Embedded(Catalogs.InMemory, new Random(1), TaskScheduler.Default);
        var options = new BrokerOptions { LogSettings = Settings(("log.retention.ms", "a week"), ("other.program.setting", "x")) };

        var e = Assert.Throws<ArgumentException>(() => new BrokerSettings(options, new ConfigStore(catalog)));

        Assert.StartsWith("Invalid value a week for configuration log.retention.ms: Not a number of type LONG", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_cannot_be_appended_to_until_no_answer_can_carry_it()
    {
        await using var world = await TopicWorld.StartAsync();
        await world.Topics.CreateAsync([new NewTopic("a", 1)]);
        (ErrorCode Error, string? Message) last = (ErrorCode.None, null);

        for (var i = 0; i < 4 && last.Error == ErrorCode.None; i++)
        {
            var pairs = string.Join(',', Enumerable.Range(i * 2000, 2000).Select(n => $"{n}:1"));
            last = await world.Alteration.ApplyAsync(
                (sbyte)ConfigResourceKind.Topic, "a", [new ConfigEdit("leader.replication.throttled.replicas", ConfigOperation.Append, pairs)], replaceAll: false, validateOnly: false);
        }

        Assert.Equal((ErrorCode.InvalidConfig, "The configuration value cannot be added because it exceeds the maximum value size of 32767 bytes."), last);
    }

    private static Dictionary<string, string> Settings(params (string Name, string Value)[] settings) =>
        settings.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
}
