using Chronik.Protocol;

namespace Chronik.Broker.Groups;

/// <summary>What became of OffsetDelete: an error of the whole, or one for each partition.</summary>
internal sealed record OffsetDeletion(ErrorCode Error, Dictionary<TopicPartition, ErrorCode> Partitions);
