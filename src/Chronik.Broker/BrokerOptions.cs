using Chronik.Broker.Network;
using Chronik.Storage.IO;

namespace Chronik.Broker;

/// <summary>A broker's settings, each with Kafka's name, meaning and default unless its text says otherwise.</summary>
public sealed record BrokerOptions
{
    /// <summary>node.id (broker.id).</summary>
    public int NodeId { get; init; } = 1;

    /// <summary>broker.rack.</summary>
    public string? Rack { get; init; }

    /// <summary>log.dirs: the data folder.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>The catalog's SQLite file; null for chronik.db in the data folder, ":memory:" for none.</summary>
    public string? CatalogPath { get; init; }

    /// <summary>listeners; Chronik's default is both loopback addresses at port 9092.</summary>
    public IReadOnlyList<ListenerOptions> Listeners { get; init; } = [new("localhost", 9092)];

    /// <summary>socket.request.max.bytes: a larger frame closes the connection.</summary>
    public int SocketRequestBytesMax { get; init; } = 100 * 1024 * 1024;

    /// <summary>
    /// socket.send.buffer.bytes: what the system holds of answers that a client has not taken; -1 leaves it to the system. With Linux's own
    /// 4 MiB a catch-up read of many consumers costs a fifth more processor time (<c>benchmarks/catchup</c>).
    /// </summary>
    public int SocketSendBufferBytes { get; init; } = 100 * 1024;

    /// <summary>connections.max.idle.ms: a connection that moves no byte for this long is closed.</summary>
    public long ConnectionsMaxIdleMs { get; init; } = 600_000;

    /// <summary>max.connections; Kafka has no bound by default.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>max.connections.per.ip; loopback is exempt. Kafka has no bound by default.</summary>
    public int ConnectionsPerIpMax { get; init; } = 1_000;

    /// <summary>chronik.connection.underway.max.bytes: requests of one connection that are read but not answered; past it the socket waits.</summary>
    public long ConnectionUnderWayBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>queued.max.request.bytes: the same for the whole process. Kafka has no bound by default.</summary>
    public long QueuedRequestBytesMax { get; init; } = 1024L * 1024 * 1024;

    /// <summary>message.max.bytes: the largest record batch, where the topic's max.message.bytes does not say otherwise.</summary>
    public int MessageBytesMax { get; init; } = 1_048_588;

    /// <summary>fetch.max.bytes: the most that one Fetch is answered with, but for a first batch that is larger.</summary>
    public int FetchBytesMax { get; init; } = 55 * 1024 * 1024;

    /// <summary>max.incremental.fetch.session.cache.slots (KIP-227).</summary>
    public int FetchSessionsMax { get; init; } = 1_000;

    /// <summary>
    /// Partitions of all fetch sessions together, of about 150 bytes each; what would pass it is fetched without a session. Kafka has no bound.
    /// </summary>
    public int FetchSessionPartitionsMax { get; init; } = 1_000_000;

    /// <summary>A fetch session that was not used for this long may be evicted by a new one.</summary>
    public long FetchSessionEvictionMs { get; init; } = 120_000;

    /// <summary>log.flush.offset.checkpoint.interval.ms: how often recovery points move up.</summary>
    public long CheckpointIntervalMs { get; init; } = 60_000;

    /// <summary>log.retention.check.interval.ms: how often segments are looked for that retention lets go.</summary>
    public long RetentionCheckIntervalMs { get; init; } = 300_000;

    /// <summary>chronik.open.files.max: so many files of partitions are kept open, but for those in use.</summary>
    public int OpenFilesMax { get; init; } = ProcessLimits.DefaultOpenFilesMax;

    /// <summary>chronik.disk.reserve.bytes: no records are taken that would leave fewer bytes free on the disk.</summary>
    public long DiskReserveBytes { get; init; } = 16 << 20;

    /// <summary>auto.create.topics.enable.</summary>
    public bool AutoCreateTopicsEnable { get; init; } = true;

    /// <summary>num.partitions: of a topic that is created without a count.</summary>
    public int NumPartitions { get; init; } = 1;

    /// <summary>delete.topic.enable.</summary>
    public bool DeleteTopicEnable { get; init; } = true;

    /// <summary>shutdown: how long answers that are under way may still take.</summary>
    public long ShutdownGraceMs { get; init; } = 5_000;

    /// <summary>Settings that topics inherit, by Kafka's names as they were given: log.retention.ms, log.segment.bytes, compression.type and others.</summary>
    public IReadOnlyDictionary<string, string> LogSettings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
