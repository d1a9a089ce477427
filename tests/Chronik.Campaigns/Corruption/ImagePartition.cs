using Chronik.Protocol;

namespace Chronik.Campaigns.Corruption;

/// <summary>A partition of a store's image.</summary>
/// <param name="Partition">Whose.</param>
/// <param name="StartOffset">Records below it were deleted.</param>
/// <param name="RecoveryPoint">Below it all was durable, and the checkpoint says so.</param>
/// <param name="Batches">In order.</param>
internal sealed record ImagePartition(TopicPartition Partition, long StartOffset, long RecoveryPoint, IReadOnlyList<ImageBatch> Batches)
{
    /// <summary>It has gaps, and batches without records.</summary>
    public bool IsCompacted => Partition.Topic == CaseStore.CompactedTopic;

    public long EndOffset => Batches[^1].NextOffset;
}
