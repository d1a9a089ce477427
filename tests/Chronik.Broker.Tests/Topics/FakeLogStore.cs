using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Broker.Tests.Topics;

/// <summary>Logs without records, which outlive the broker that made them; making and deleting them can be made to fail.</summary>
internal sealed class FakeLogStore : ILogStore
{
    private readonly ConcurrentDictionary<TopicPartition, IPartitionLog> _logs = new();

    public IEnumerable<IPartitionLog> Logs => _logs.Values;

    /// <summary>Partitions whose logs cannot be made or deleted.</summary>
    internal HashSet<TopicPartition> Broken { get; } = [];

    internal string[] Names => [.. _logs.Keys.Select(p => p.ToString()).Order(StringComparer.Ordinal)];

    internal void Add(string topic, int partition, TopicId id) =>
        _logs[new TopicPartition(topic, partition)] = new FakePartitionLog(new TopicPartition(topic, partition), id, new LogConfig());

    public bool TryGet(TopicPartition partition, [NotNullWhen(true)] out IPartitionLog? log) => _logs.TryGetValue(partition, out log);

    public ValueTask<IPartitionLog> CreateAsync(TopicPartition partition, TopicId topicId, LogConfig config)
    {
        ThrowIfBroken(partition);
        return new(_logs.GetOrAdd(partition, p => new FakePartitionLog(p, topicId, config)));
    }

    public void Relabel(TopicPartition partition, TopicId topicId) => Add(partition.Topic, partition.Partition, topicId);

    public ValueTask DeleteAsync(TopicPartition partition)
    {
        ThrowIfBroken(partition);
        _logs.TryRemove(partition, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void ThrowIfBroken(TopicPartition partition)
    {
        if (Broken.Contains(partition))
            throw new IOException($"No space left for {partition}.");
    }
}
