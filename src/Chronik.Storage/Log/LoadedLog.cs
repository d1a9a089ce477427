using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <summary>A partition's files, opened and recovered.</summary>
internal sealed record LoadedLog
{
    public required TopicPartition TopicPartition { get; init; }

    public required TopicId TopicId { get; init; }

    public required string Directory { get; init; }

    public required LogConfig Config { get; init; }

    public required Segment[] Segments { get; init; }

    public required LeaderEpochs Epochs { get; init; }

    public required ProducerStates Producers { get; init; }

    public required long StartOffset { get; init; }

    public required long EndOffset { get; init; }

    /// <summary>Everything below it, indexes and a producer snapshot included, needs no recovery.</summary>
    public required long RecoveryPoint { get; init; }

    /// <summary>Bytes that recovery had to read.</summary>
    public long ScannedBytes { get; init; }

    /// <summary>Indexes were built anew and are not durable: the next checkpoint is needed, even if nothing was appended.</summary>
    public bool HasNewIndexes { get; init; }

    /// <summary>A log that was just made is not durable before its first commit; these files, to be closed then, belong to it.</summary>
    public IReadOnlyList<IFile>? NewFiles { get; init; }
}
