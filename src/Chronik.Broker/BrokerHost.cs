using System.Net;
using Chronik.Broker.Configs;
using Chronik.Broker.Diagnostics;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Fetching;
using Chronik.Broker.Groups;
using Chronik.Broker.Importing;
using Chronik.Broker.Network;
using Chronik.Broker.Producers;
using Chronik.Broker.Producing;
using Chronik.Broker.Topics;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Storage;
using Chronik.Storage.Compaction;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker;

/// <summary>One broker: opens its data, serves clients, and closes both cleanly. Any number fit in a process.</summary>
public sealed class BrokerHost : IAsyncDisposable
{
    // Until the topics' settings are known.
    private static readonly CleanerConfig s_noCleaner = new() { IsEnabled = false, BackoffMs = 100 };

    private readonly BrokerOptions _options;
    private readonly BrokerSeams _seams;
    private readonly ILogger _logger;

    // What was opened, in order; closed in the opposite order.
    private readonly Stack<Func<ValueTask>> _closing = new();
    private BrokerNetwork? _network;
    private BrokerServices? _services;

    /// <summary>Makes a broker that does nothing before <see cref="StartAsync"/>.</summary>
    public BrokerHost(BrokerOptions options, BrokerSeams seams)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(seams);
        _options = options;
        _seams = seams;
        _logger = seams.LoggerFactory.CreateLogger("Chronik.Broker");
    }

    /// <summary>The addresses that are listened on, with the ports that were really taken.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _network?.EndPoints ?? [];

    /// <summary>The cluster's identity; "" before the start.</summary>
    public string ClusterId => _services?.Identity.ClusterId ?? "";

    /// <summary>Open connections.</summary>
    public int ConnectionCount => _network?.ConnectionCount ?? 0;

    /// <summary>The parts, for tests.</summary>
    internal BrokerServices Services => _services ?? throw new InvalidOperationException("The broker is not started.");

    /// <summary>Opens the data folder, recovers what the last run left, and serves.</summary>
    /// <exception cref="LogStoreException">The data folder cannot be used.</exception>
    /// <exception cref="CatalogException">The catalog cannot be opened.</exception>
    /// <exception cref="TransportException">A listener cannot be opened.</exception>
    public Task StartAsync() => OnScheduler(async () =>
    {
        try
        {
            await OpenAsync();
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    });

    /// <summary>Answers what is under way, ends all connections, and closes the data so that the next start need not recover.</summary>
    public Task StopAsync() => OnScheduler(CloseAsync);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private KafkaTakeover Takeover => new(_seams.Files, _options.DataDirectory, _seams.Time, _logger);

    private Task OnScheduler(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _seams.Scheduler).Unwrap();

    private async Task OpenAsync()
    {
        long started = _seams.Time.GetTimestamp();
        var waiters = new FetchWaiters(_seams.Time);
        (ICatalog Catalog, CatalogSnapshot Stored)? opened = null;
        LogStore logs = await LogStore.OpenAsync(new LogStoreOptions
        {
            DataDirectory = _options.DataDirectory,
            Files = _seams.Files,
            Time = _seams.Time,
            Scheduler = _seams.Scheduler,
            LoggerFactory = _seams.LoggerFactory,
            Listener = waiters,
            CheckpointIntervalMs = _options.CheckpointIntervalMs,
            RetentionCheckIntervalMs = _options.RetentionCheckIntervalMs,
            OpenFilesMax = _options.OpenFilesMax,
            DiskReserveBytes = _options.DiskReserveBytes,
            Random = _seams.Random,
            Cleaner = () => _services?.Settings.Cleaner ?? s_noCleaner,
            LoadConfigs = async () =>
            {
                opened = await OpenCatalogAsync();
                return ConfigsOf(opened.Value.Catalog, opened.Value.Stored);
            },
        });
        _closing.Push(logs.DisposeAsync);
        var (catalog, stored) = opened!.Value;

        _services = Compose(waiters, logs, catalog, stored);
        await _services.Topics.StartAsync(stored);
        var known = stored.Topics.Select(static row => row.Id).ToHashSet();
        foreach (var topic in _services.Topics.Current.Topics.Where(topic => !known.Contains(topic.Id)))
            _logger.TopicTakenIn(topic.Name);
        await Takeover.EndTransactionsAsync(logs.Logs.Where(log => _services.Topics.TryGet(log.TopicPartition.Topic, out _)));
        await _services.Groups.LoadAsync(stored);
        HandlerTable.Register(_services.Apis, _services);

        _network = new BrokerNetwork(
            _seams.Transport,
            new NetworkServices(_options, _services.Apis, new RequestMemory(_options.QueuedRequestBytesMax), _seams.Time, _logger));
        await _network.StartAsync();
        _closing.Push(() => new ValueTask(_network.StopAsync()));
        _closing.Push(() => new ValueTask(_services.Groups.StopAsync()));
        _logger.Ready(_options.NodeId, (long)_seams.Time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<(ICatalog Catalog, CatalogSnapshot Stored)> OpenCatalogAsync()
    {
        ICatalog catalog = _seams.Catalog?.Invoke()
            ?? Catalogs.Embedded(_options.CatalogPath ?? $"{_options.DataDirectory}/chronik.db", _seams.Random, _seams.Scheduler);
        _closing.Push(catalog.DisposeAsync);
        var stored = await ImportJournal.FinishAsync(_seams.Files, _options.DataDirectory, catalog, await catalog.LoadAsync());
        return (catalog, await Takeover.TakeRowsAsync(catalog, stored));
    }

    // Recovery goes by a log's settings: what compaction left is no damage, and flush=os promises less.
    private Func<TopicPartition, LogConfig> ConfigsOf(ICatalog catalog, CatalogSnapshot stored)
    {
        var configs = new ConfigStore(catalog);
        configs.Load(stored.Configs);
        var resolver = new TopicConfigResolver(configs, new BrokerSettings(_options, configs));
        return partition => resolver.For(partition.Topic).Log;
    }

    private BrokerServices Compose(FetchWaiters waiters, ILogStore logs, ICatalog catalog, CatalogSnapshot stored)
    {
        var configs = new ConfigStore(catalog);
        var settings = new BrokerSettings(_options, configs);
        var resolver = new TopicConfigResolver(configs, settings);
        var topics = new TopicRegistry(catalog, logs, configs, resolver, _seams.Random);
        var producerIds = new ProducerIdAllocator(catalog, stored.NextProducerId);
        var alteration = new ConfigAlteration(topics, configs, resolver, settings);
        _closing.Push(() => Dispose(topics));
        _closing.Push(() => Dispose(alteration));
        var produceWaits = new ProduceWaits(_seams.Time);
        _closing.Push(() => Dispose(producerIds));
        _closing.Push(() => Dispose(produceWaits));
        topics.Deleted += topic => WakeAll(waiters, topic);
        GroupCoordinator groups = ComposeGroups(catalog, topics, new GroupSettingsSource(settings, configs));
        return new BrokerServices
        {
            Options = _options,
            Identity = new BrokerIdentity(stored.ClusterId, _options.NodeId),
            Apis = new ApiTable(),
            Topics = topics,
            TopicCreation = new TopicCreation(topics, resolver, _options),
            TopicConfigs = resolver,
            Configs = configs,
            Settings = settings,
            ConfigDescriber = new ConfigDescriber(topics, configs, settings),
            ConfigAlteration = alteration,
            ProducerIds = producerIds,
            FetchSessions = new FetchSessionCache(_options, _seams.Time, _seams.Random),
            FetchWaiters = waiters,
            ProduceWaits = produceWaits,
            Groups = groups,
            Time = _seams.Time,
        };
    }

    private GroupCoordinator ComposeGroups(ICatalog catalog, TopicRegistry topics, GroupSettingsSource settings)
    {
        var groups = new GroupCoordinator(new GroupCoordinatorServices
        {
            Catalog = catalog,
            PartitionCount = name => topics.TryGet(name, out Topic? topic) ? topic.PartitionCount : null,
            TopicIdOf = name => topics.TryGet(name, out Topic? topic) ? topic.Id : TopicId.None,
            Time = _seams.Time,
            Scheduler = _seams.Scheduler,
            Random = _seams.Random,
            Logger = _seams.LoggerFactory.CreateLogger("Chronik.Groups"),
            Options = settings.Options,
        });
        _closing.Push(groups.DisposeAsync);
        topics.Deleted += topic => groups.OnTopicDeleted(topic.Name);
        return groups;
    }

    // Those who wait for a topic that is gone are told so at once.
    private static void WakeAll(FetchWaiters waiters, Topic topic)
    {
        foreach (IPartitionLog log in topic.Logs)
        {
            waiters.OnHighWatermarkAdvanced(log);
        }
    }

    private static ValueTask Dispose(IDisposable part)
    {
        part.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task CloseAsync()
    {
        bool wasOpen = _closing.Count > 0;
        while (_closing.TryPop(out Func<ValueTask>? close))
        {
            await close();
        }

        if (wasOpen)
        {
            _logger.Stopped(_options.NodeId);
        }
    }
}
