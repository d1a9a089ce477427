namespace Chronik.Storage.Importing;

/// <summary>What was copied of a partition.</summary>
/// <param name="Bytes">Bytes of its log files.</param>
/// <param name="Batches">Whole batches, every checksum looked at.</param>
/// <param name="Records">Records in them, markers of transactions not counted.</param>
/// <param name="Damage">What is no valid batch.</param>
public sealed record CopiedPartition(long Bytes, long Batches, long Records, IReadOnlyList<CopiedDamage> Damage);
