using System.Net;
using Chronik.Broker.Configs;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Broker.Network;
using Chronik.Broker.Producers;
using Chronik.Broker.Topics;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Broker.Tests.Topics;

/// <summary>The parts of a broker that topics need, on a catalog in a file and logs without records.</summary>
internal sealed class TopicWorld : IAsyncDisposable
{
    private readonly ICatalog _catalog;
    private readonly ConnectionContext _connection = new(
        1, new ListenerOptions("localhost", 9092), new DnsEndPoint("broker.test", 9092), new IPEndPoint(IPAddress.Loopback, 40000));

    private TopicWorld(ICatalog catalog, ILogStore logs, BrokerOptions options, int seed)
    {
        _catalog = catalog;
        Options = options;
        Configs = new ConfigStore(_catalog);
        Settings = new BrokerSettings(options, Configs);
        Resolver = new TopicConfigResolver(Configs, Settings);
        Topics = new TopicRegistry(_catalog, logs, Configs, Resolver, new Random(seed + 1));
        Creation = new TopicCreation(Topics, Resolver, options);
        Describer = new ConfigDescriber(Topics, Configs, Settings);
        Alteration = new ConfigAlteration(Topics, Configs, Resolver, Settings);
        Groups = new GroupCoordinator(new GroupCoordinatorServices
        {
            Catalog = _catalog,
            PartitionCount = name => Topics.TryGet(name, out var topic) ? topic.PartitionCount : null,
            TopicIdOf = name => Topics.TryGet(name, out var topic) ? topic.Id : TopicId.None,
            Time = TimeProvider.System,
            Scheduler = TaskScheduler.Default,
            Random = new Random(seed + 2),
            Logger = NullLogger.Instance,
        });
        Topics.Deleted += topic => Groups.OnTopicDeleted(topic.Name);
        ProducerIds = new ProducerIdAllocator(_catalog, firstFree: 0);
        Identity = new BrokerIdentity("AQIDBAUGBwgJCgsMDQ4PEA", options.NodeId);
    }

    internal BrokerOptions Options { get; }

    internal ConfigStore Configs { get; }

    internal BrokerSettings Settings { get; }

    internal TopicConfigResolver Resolver { get; }

    internal TopicRegistry Topics { get; }

    internal TopicCreation Creation { get; }

    internal ConfigDescriber Describer { get; }

    internal ConfigAlteration Alteration { get; }

    internal GroupCoordinator Groups { get; }

    internal ProducerIdAllocator ProducerIds { get; }

    internal BrokerIdentity Identity { get; }

    internal ICatalog Catalog => _catalog;

    internal static async Task<TopicWorld> StartAsync(
        string path = Catalogs.InMemory, ILogStore? logs = null, BrokerOptions? options = null, int seed = 1, Func<ICatalog, ICatalog>? wrap = null)
    {
        var catalog = Catalogs.Embedded(path, new Random(seed), TaskScheduler.Default);
        var world = new TopicWorld(wrap?.Invoke(catalog) ?? catalog, logs ?? new FakeLogStore(), options ?? new BrokerOptions(), seed);
        try
        {
            var stored = await world._catalog.LoadAsync();
            await world.Topics.StartAsync(stored);
            await world.Groups.LoadAsync(stored);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    internal RequestContext Context(short version) => new(_connection, version, 1, "test");

    public async ValueTask DisposeAsync()
    {
        await Groups.DisposeAsync();
        ProducerIds.Dispose();
        Alteration.Dispose();
        Topics.Dispose();
        _connection.Dispose();
        await _catalog.DisposeAsync();
    }
}
