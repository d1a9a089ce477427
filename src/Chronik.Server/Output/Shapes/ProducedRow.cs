namespace Chronik.Server.Output;

/// <summary>What was stored in a partition; offsets are -1 where the broker does not tell.</summary>
internal sealed record ProducedRow(string Topic, int Partition, long Records, long FirstOffset, long LastOffset);
