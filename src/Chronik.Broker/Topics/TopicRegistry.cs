using System.Diagnostics.CodeAnalysis;
using Chronik.Broker.Configs;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Broker.Topics;

/// <summary>
/// All topics of the broker. Reading takes no lock; changes go one after another: first the catalog, then the logs,
/// then what readers see (docs/adr/0003-topic-changes.md).
/// </summary>
internal sealed class TopicRegistry : IDisposable
{
    private readonly ICatalog _catalog;
    private readonly ILogStore _logs;
    private readonly ConfigStore _configs;
    private readonly TopicConfigResolver _resolver;
    private readonly Random _random;
    private readonly SemaphoreSlim _changing = new(1, 1);

    // By name: topics whose logs could not be made, and whose rows the catalog would not give up. Guarded by _changing.
    private readonly Dictionary<string, TopicRow> _notTakenBack = new(StringComparer.Ordinal);
    private volatile TopicSnapshot _current = TopicSnapshot.Empty;

    internal TopicRegistry(ICatalog catalog, ILogStore logs, ConfigStore configs, TopicConfigResolver resolver, Random random)
    {
        _catalog = catalog;
        _logs = logs;
        _configs = configs;
        _resolver = resolver;
        _random = random;
    }

    /// <summary>All topics now.</summary>
    internal TopicSnapshot Current => _current;

    /// <summary>Looks a topic up by its name; the hot path of Produce and Fetch.</summary>
    internal bool TryGet(string name, [NotNullWhen(true)] out Topic? topic) => _current.TryGet(name, out topic);

    /// <summary>Looks a topic up by its identity; the hot path of Produce v13+ and Fetch v13+.</summary>
    internal bool TryGet(TopicId id, [NotNullWhen(true)] out Topic? topic) => _current.TryGet(id, out topic);

    /// <summary>Raised when topics were created or got more partitions. Must be quick and must not throw.</summary>
    internal event Action<Topic>? Grown;

    /// <summary>Raised when a topic is gone for clients, before its files are. Must be quick and must not throw.</summary>
    internal event Action<Topic>? Deleted;

    /// <summary>Takes over what the catalog held, and brings the logs in line with it; called once.</summary>
    /// <exception cref="CatalogException">The catalog failed, or a log belongs to another topic of the same name.</exception>
    internal async Task StartAsync(CatalogSnapshot catalog)
    {
        _configs.Load(catalog.Configs);
        var (rows, taken) = await new TopicReconciler(_catalog, _logs, _random).RunAsync(catalog);
        foreach (var config in taken)
            _configs.Apply(config);
        List<Topic> topics = new(rows.Count);
        foreach (var row in rows)
        {
            var config = _resolver.For(row.Name);
            topics.Add(new Topic(row.Id, row.Name, config, await OpenLogsAsync(row, 0, config.Log, isStart: true)));
        }
        _current = TopicSnapshot.Empty.With(topics);
    }

    /// <summary>Creates topics; one may fail while others succeed. Durable when it completes.</summary>
    internal async Task<IReadOnlyList<TopicResult>> CreateAsync(IReadOnlyList<NewTopic> topics)
    {
        await _changing.WaitAsync();
        try
        {
            var results = new TopicResult[topics.Count];
            for (var i = 0; i < results.Length; i++)
                results[i] = await CreateAsync(topics[i]);
            return results;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Adds partitions until there are <paramref name="partitionCount"/>; durable when it completes.</summary>
    internal async Task<TopicResult> AddPartitionsAsync(TopicId id, int partitionCount)
    {
        await _changing.WaitAsync();
        try
        {
            if (!_current.TryGet(id, out var topic))
                return TopicResult.Failed(ErrorCode.UnknownTopicOrPartition, TopicMessages.UnknownTopicOrPartition);
            if (partitionCount <= topic.PartitionCount)
                return TopicResult.Failed(ErrorCode.InvalidPartitions, TopicMessages.NoIncrease(topic, partitionCount));
            await _catalog.WriteAsync(new PartitionsAdded(id, partitionCount));
            var grown = topic.With(await OpenAddedLogsAsync(topic, partitionCount));
            _current = _current.With(grown);
            Grown?.Invoke(grown);
            return TopicResult.Done(grown);
        }
        catch (CatalogException e)
        {
            return TopicResult.Failed(ErrorCode.KafkaStorageError, e.Message);
        }
        catch (IOException e)
        {
            return TopicResult.Failed(ErrorCode.KafkaStorageError, e.Message);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Deletes a topic with its configs, records and committed offsets; final when it completes.</summary>
    internal async Task<TopicResult> DeleteAsync(TopicId id)
    {
        await _changing.WaitAsync();
        try
        {
            if (!_current.TryGet(id, out var topic))
                return TopicResult.Failed(ErrorCode.UnknownTopicId, TopicMessages.UnknownTopicId);
            await _catalog.WriteAsync(new TopicDeleted(id));
            _current = _current.Without(topic);
            _configs.Forget(new ConfigResource(ConfigResourceKind.Topic, topic.Name));
            Deleted?.Invoke(topic);
            await PurgeAsync(topic.Id, topic.Name, topic.PartitionCount);
            return TopicResult.Done(topic);
        }
        catch (CatalogException e)
        {
            return TopicResult.Failed(ErrorCode.KafkaStorageError, e.Message);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Changes settings of a topic's own; in force, and durable, when it completes.</summary>
    internal async Task<TopicResult> SetConfigsAsync(string name, IReadOnlyList<ConfigSet> changes)
    {
        await _changing.WaitAsync();
        try
        {
            if (!_current.TryGet(name, out var topic))
                return TopicResult.Failed(ErrorCode.UnknownTopicOrPartition, TopicMessages.DoesNotExist(name));
            await _configs.SetAsync(changes);
            topic = topic.With(_resolver.For(name));
            _current = _current.With(topic);
            return TopicResult.Done(topic);
        }
        catch (CatalogException e)
        {
            return TopicResult.Failed(ErrorCode.KafkaStorageError, e.Message);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Brings the broker's own settings, which topics inherit, into force after they changed.</summary>
    internal async Task RefreshConfigsAsync()
    {
        await _changing.WaitAsync();
        try
        {
            var current = _current;
            _current = current.With(current.Topics.Select(t => t.With(_resolver.For(t.Name))).ToArray());
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _changing.Dispose();

    private async Task<TopicResult> CreateAsync(NewTopic wanted)
    {
        if (_current.TryGet(wanted.Name, out _))
            return TopicResult.Failed(ErrorCode.TopicAlreadyExists, TopicMessages.Exists(wanted.Name));
        if (_notTakenBack.TryGetValue(wanted.Name, out var failed))
            await TakeBackAsync(failed);
        if (_notTakenBack.ContainsKey(wanted.Name))
            return TopicResult.Failed(ErrorCode.KafkaStorageError, TopicMessages.NotTakenBack(wanted.Name));
        var row = new TopicRow(NewId(), wanted.Name, wanted.PartitionCount);
        var resource = new ConfigResource(ConfigResourceKind.Topic, row.Name);
        var configs = wanted.Configs.Select(c => new ConfigSet(resource, c.Key, c.Value)).ToArray();
        try
        {
            await _catalog.WriteAsync([new TopicCreated(row), .. configs]);
        }
        catch (CatalogException e)
        {
            return TopicResult.Failed(ErrorCode.KafkaStorageError, e.Message);
        }
        try
        {
            var config = _resolver.For(wanted.Configs);
            var topic = new Topic(row.Id, row.Name, config, await OpenLogsAsync(row, 0, config.Log));
            foreach (var set in configs)
                _configs.Apply(set);
            _current = _current.With(topic);
            Grown?.Invoke(topic);
            return TopicResult.Done(topic);
        }
        catch (IOException e)
        {
            await TakeBackAsync(row);
            return TopicResult.Failed(ErrorCode.KafkaStorageError, e.Message);
        }
    }

    /// <summary>A topic whose logs could not be made must not come to life at the next start.</summary>
    private async Task TakeBackAsync(TopicRow row)
    {
        _notTakenBack[row.Name] = row;
        try
        {
            await _catalog.WriteAsync(new TopicDeleted(row.Id));
            _notTakenBack.Remove(row.Name);
            await PurgeAsync(row.Id, row.Name, row.PartitionCount);
        }
        catch (CatalogException)
        {
            // The row stays until the topic is created again, or the next start finds it and makes the logs that are missing.
        }
    }

    /// <summary>Partitions whose logs could not be made must not come to life at the next start.</summary>
    private async Task<IPartitionLog[]> OpenAddedLogsAsync(Topic topic, int partitionCount)
    {
        try
        {
            return await OpenLogsAsync(new TopicRow(topic.Id, topic.Name, partitionCount), topic.PartitionCount, topic.Config.Log);
        }
        catch (IOException)
        {
            try
            {
                await _catalog.WriteAsync(new PartitionsAdded(topic.Id, topic.PartitionCount));
                await DeleteLogsAsync(topic.Name, topic.PartitionCount, partitionCount);
            }
            catch (CatalogException)
            {
                // The larger count stays: the next start finds it and makes the logs that are missing.
            }

            throw;
        }
    }

    private async Task<IPartitionLog[]> OpenLogsAsync(TopicRow row, int firstPartition, LogConfig config, bool isStart = false)
    {
        var opening = new Task<IPartitionLog>[row.PartitionCount - firstPartition];
        for (var i = 0; i < opening.Length; i++)
            opening[i] = OpenLogAsync(new TopicPartition(row.Name, firstPartition + i), row.Id, config, isStart);
        return await Task.WhenAll(opening);
    }

    private async Task<IPartitionLog> OpenLogAsync(TopicPartition partition, TopicId id, LogConfig config, bool isStart)
    {
        var isThere = _logs.TryGet(partition, out var log);

        // Of a deleted topic of this name, whose files could not be removed then: nothing of it may be seen again. A start has ended the
        // deletions that it knows of, and looked whose the other logs are: what it finds here, nobody asked to delete.
        if (!isStart && isThere && log!.TopicId != TopicId.None && log.TopicId != id)
            await _logs.DeleteAsync(partition);
        if (!isThere || log!.TopicId != id)
            log = await _logs.CreateAsync(partition, id, config);
        log.Config = config;
        return log;
    }

    /// <summary>Removes a deleted topic's files; what cannot be removed now is removed at the next start.</summary>
    private async Task PurgeAsync(TopicId id, string name, int partitionCount)
    {
        // Also of partitions that could not be added, nor taken back, maybe before they had the topic's identity.
        var added = _logs.Logs
            .Where(log => log.TopicId == id || (log.TopicPartition.Topic == name && TopicReconciler.IsUnfinished(log)))
            .Select(static log => log.TopicPartition.Partition + 1);
        var isAllGone = await DeleteLogsAsync(name, 0, added.Append(partitionCount).Max());
        try
        {
            // Otherwise the catalog remembers the deletion, and the next start ends it.
            if (isAllGone)
                await _catalog.WriteAsync(new TopicPurged(id));
        }
        catch (CatalogException)
        {
            // Likewise: purging again what is gone does no harm.
        }
    }

    private async Task<bool> DeleteLogsAsync(string name, int firstPartition, int partitionCount)
    {
        var isAllGone = true;
        for (var partition = firstPartition; partition < partitionCount; partition++)
        {
            try
            {
                await _logs.DeleteAsync(new TopicPartition(name, partition));
            }
            catch (IOException)
            {
                isAllGone = false;
            }
        }

        return isAllGone;
    }

    private TopicId NewId()
    {
        lock (_random)
            return TopicId.Create(_random);
    }
}
