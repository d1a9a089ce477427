using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Producing;

/// <summary>Records that are appended and not durable yet, and the part of the answer that tells of them.</summary>
internal readonly record struct PendingAppend(ProduceResponse.PartitionProduceResponse Answer, ValueTask<ErrorCode> Durable);
