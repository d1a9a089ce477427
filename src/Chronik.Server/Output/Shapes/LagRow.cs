namespace Chronik.Server.Output;

/// <summary>How far a group has come in a partition; end and lag are -1 where the partition is gone.</summary>
internal sealed record LagRow(string Topic, int Partition, long Committed, long EndOffset, long Lag, string? MemberId);
