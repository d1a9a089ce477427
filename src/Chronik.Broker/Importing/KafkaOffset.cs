namespace Chronik.Broker.Importing;

/// <summary>An offset as Kafka stored it. Times are milliseconds since 1970; -1 for none.</summary>
internal sealed record KafkaOffset(long Offset, int LeaderEpoch, string Metadata, long CommitTimestampMs, long ExpireTimestampMs);
