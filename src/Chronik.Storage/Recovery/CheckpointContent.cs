using Chronik.Protocol;

namespace Chronik.Storage.Recovery;

/// <summary>What could be read of a checkpoint.</summary>
/// <param name="Offsets">What it says and can be believed.</param>
/// <param name="Exists">There is such a file.</param>
/// <param name="Problems">What is wrong with it, in words; empty if all is as it was written.</param>
/// <param name="IsComplete">No partition's offset was lost by it.</param>
internal sealed record CheckpointContent(Dictionary<TopicPartition, long> Offsets, bool Exists, IReadOnlyList<string> Problems, bool IsComplete);
