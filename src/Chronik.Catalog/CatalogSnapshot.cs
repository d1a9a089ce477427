using Chronik.Protocol;

namespace Chronik.Catalog;

/// <summary>All that the catalog held when the broker started.</summary>
/// <param name="ClusterId">This cluster's identity: made at the first start, base64url.</param>
/// <param name="DeletedTopics">Topics that were deleted, whose files may still be there: no <see cref="TopicPurged"/> came yet.</param>
public sealed record CatalogSnapshot(
    string ClusterId,
    IReadOnlyList<TopicRow> Topics,
    IReadOnlyList<TopicRow> DeletedTopics,
    IReadOnlyList<ConfigRow> Configs,
    IReadOnlyList<GroupRow> Groups,
    IReadOnlyList<CommittedOffsetRow> Offsets,
    long NextProducerId);

/// <summary>A topic.</summary>
public sealed record TopicRow(TopicId Id, string Name, int PartitionCount);

/// <summary>What a config belongs to: kind is Kafka's ConfigResource type (2 topic, 4 broker, 32 group); name "" is the default.</summary>
public readonly record struct ConfigResource(byte Kind, string Name);

/// <summary>A config that was set.</summary>
public sealed record ConfigRow(ConfigResource Resource, string Name, string Value);

/// <summary>A group, its state as its coordinator encoded it.</summary>
public sealed record GroupRow(string GroupId, GroupKind Kind, ReadOnlyMemory<byte> State);

/// <summary>An offset that a group committed. Times are milliseconds since 1970; -1 for none.</summary>
public sealed record CommittedOffsetRow(
    string GroupId,
    string Topic,
    int Partition,
    long Offset,
    int LeaderEpoch,
    string? Metadata,
    long CommitTimestampMs,
    long ExpireTimestampMs);
