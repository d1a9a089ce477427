using System.Diagnostics.CodeAnalysis;
using Chronik.Protocol;

namespace Chronik.Storage.Log;

/// <summary>All partition logs of one broker: opened together, made durable together.</summary>
public interface ILogStore : IAsyncDisposable
{
    /// <summary>Every log that is open.</summary>
    IEnumerable<IPartitionLog> Logs { get; }

    /// <summary>Partitions whose folders could not be opened at the start: they are neither served nor deleted.</summary>
    IReadOnlyCollection<TopicPartition> Unopened => [];

    /// <summary>Looks a log up by its partition; the hot path of Produce and Fetch.</summary>
    bool TryGet(TopicPartition partition, [NotNullWhen(true)] out IPartitionLog? log);

    /// <summary>Creates a partition's log, durable when it completes; returns the one that is there already.</summary>
    ValueTask<IPartitionLog> CreateAsync(TopicPartition partition, TopicId topicId, LogConfig config);

    /// <summary>Writes down anew whose a partition's log is, where what says so is damaged; durable when it returns.</summary>
    void Relabel(TopicPartition partition, TopicId topicId);

    /// <summary>Closes a partition's log and removes its files; reads under way end in peace.</summary>
    ValueTask DeleteAsync(TopicPartition partition);
}
