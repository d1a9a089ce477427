using System.Diagnostics.CodeAnalysis;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Broker.Topics;

/// <summary>A topic with its partitions at one moment; never changes, a change makes a new one.</summary>
internal sealed class Topic
{
    private readonly IPartitionLog[] _logs;

    internal Topic(TopicId id, string name, TopicConfig config, IPartitionLog[] logs)
    {
        Id = id;
        Name = name;
        Config = config;
        _logs = logs;
    }

    /// <summary>The identity, which a later topic of the same name does not share.</summary>
    internal TopicId Id { get; }

    /// <summary>The name; the same string object for the topic's life.</summary>
    internal string Name { get; }

    /// <summary>The settings in force.</summary>
    internal TopicConfig Config { get; }

    /// <summary>Partitions are numbered from 0 to this, without a gap.</summary>
    internal int PartitionCount => _logs.Length;

    /// <summary>Its partitions' logs in order.</summary>
    internal ReadOnlySpan<IPartitionLog> Logs => _logs;

    /// <summary>The log of a partition; false for UNKNOWN_TOPIC_OR_PARTITION. Takes no lock and allocates nothing.</summary>
    internal bool TryGetLog(int partition, [NotNullWhen(true)] out IPartitionLog? log)
    {
        var logs = _logs;
        log = (uint)partition < (uint)logs.Length ? logs[partition] : null;
        return log is not null;
    }

    /// <summary>The same topic with other settings, which its logs take up.</summary>
    internal Topic With(TopicConfig config)
    {
        foreach (var log in _logs)
            log.Config = config.Log;
        return new Topic(Id, Name, config, _logs);
    }

    /// <summary>The same topic with more partitions.</summary>
    internal Topic With(IReadOnlyList<IPartitionLog> added) => new(Id, Name, Config, [.. _logs, .. added]);
}
