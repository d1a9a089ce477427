using Chronik.Protocol;

namespace Chronik.Client;

/// <summary>Where a record was stored.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset; -1 where the broker did not say: with acks=0, or when the batch was stored by an earlier try.</param>
/// <param name="Timestamp">Its timestamp in milliseconds, as it was stored.</param>
public readonly record struct DeliveryReport(TopicPartition Partition, long Offset, long Timestamp);
