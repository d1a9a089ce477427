namespace Chronik.Storage.Log;

/// <summary>Where a leader epoch ends (KIP-320).</summary>
/// <param name="LeaderEpoch">The epoch, or -1.</param>
/// <param name="EndOffset">The first offset after it, or -1.</param>
public readonly record struct EpochEndOffset(int LeaderEpoch, long EndOffset);
