using Chronik.Protocol;

namespace Chronik.Catalog;

/// <summary>One change to the catalog: what a coordinator or a handler asks to be stored.</summary>
public abstract record CatalogChange;

/// <summary>A topic came into being, with all of its partitions.</summary>
public sealed record TopicCreated(TopicRow Topic) : CatalogChange;

/// <summary>
/// A topic is gone; its configs and all offsets committed for it go with it. The catalog remembers its identity
/// until <see cref="TopicPurged"/>, so that a restart knows files left behind from files of a lost catalog.
/// </summary>
public sealed record TopicDeleted(TopicId Id) : CatalogChange;

/// <summary>The last file of a deleted topic is gone.</summary>
public sealed record TopicPurged(TopicId Id) : CatalogChange;

/// <summary>A topic has more partitions.</summary>
public sealed record PartitionsAdded(TopicId Id, int PartitionCount) : CatalogChange;

/// <summary>A config was set, or with a null value went back to its default.</summary>
public sealed record ConfigSet(ConfigResource Resource, string Name, string? Value) : CatalogChange;

/// <summary>A group's state, encoded by its coordinator; replaces what was stored.</summary>
public sealed record GroupSaved(string GroupId, GroupKind Kind, ReadOnlyMemory<byte> State) : CatalogChange;

/// <summary>A group is gone, with its offsets.</summary>
public sealed record GroupDeleted(string GroupId) : CatalogChange;

/// <summary>
/// An offset was committed, for the topic <paramref name="TopicId"/>: once that is deleted nothing is stored, so that a later topic of
/// its name does not begin there. Without an id it is stored in any case.
/// </summary>
public sealed record OffsetCommitted(CommittedOffsetRow Offset, TopicId TopicId = default) : CatalogChange;

/// <summary>A committed offset was deleted or has expired.</summary>
public sealed record OffsetDeleted(string GroupId, string Topic, int Partition) : CatalogChange;

/// <summary>Producer ids below <paramref name="NextProducerId"/> are taken; it never goes back.</summary>
public sealed record ProducerIdsTaken(long NextProducerId) : CatalogChange;
