namespace Chronik.Campaigns.Corruption;

/// <summary>A batch as it was acknowledged: where it lies, and its bytes.</summary>
/// <param name="File">The path of its segment.</param>
/// <param name="Position">Where it starts there.</param>
/// <param name="BaseOffset">Its first offset.</param>
/// <param name="NextOffset">The offset behind its last.</param>
/// <param name="Timestamp">That of its first record; those of later batches are larger.</param>
/// <param name="ProducerId">Of a transactional batch, else -1.</param>
/// <param name="IsControl">It ends a transaction.</param>
/// <param name="Bytes">All of it.</param>
internal sealed record ImageBatch(
    string File, int Position, long BaseOffset, long NextOffset, long Timestamp, long ProducerId, bool IsControl, byte[] Bytes)
{
    /// <summary>The transaction that it is part of was aborted.</summary>
    public bool IsAborted { get; set; }

    /// <summary>Compaction left nothing of its records: readers pass over it.</summary>
    public bool IsEmpty { get; init; }

    public int End => Position + Bytes.Length;
}
