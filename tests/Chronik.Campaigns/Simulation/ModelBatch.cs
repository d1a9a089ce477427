using Chronik.Records;

namespace Chronik.Campaigns.Simulation;

/// <summary>A batch that was handed to the log: what must be read back, to the checksum.</summary>
internal sealed record ModelBatch
{
    public required long BaseOffset { get; init; }

    public required long LastOffset { get; init; }

    /// <summary>Of all that the producer sent: it stands for the content.</summary>
    public required uint Crc { get; init; }

    public required long ProducerId { get; init; }

    public required short Epoch { get; init; }

    public required int BaseSequence { get; init; }

    public required bool IsTransactional { get; init; }

    public required bool IsControl { get; init; }

    public bool IsCommit { get; init; }

    /// <summary>Acknowledged from the page cache (flush=os): a power cut may take it.</summary>
    public bool IsOsOnly { get; init; }

    /// <summary>By their offsets, from <see cref="BaseOffset"/> on; the default where compaction took one before anybody saw it.</summary>
    public required ModelRecord[] Records { get; init; }

    /// <summary>It was read, and compaction had left nothing but its header.</summary>
    public bool IsEmptied { get; init; }

    public int Count => (int)(LastOffset - BaseOffset) + 1;

    public long NextOffset => LastOffset + 1;

    public int LastSequence => BaseSequence + Count - 1;

    public bool IsIn(RecordBatchView batch) => batch.BaseOffset == BaseOffset && batch.LastOffset == LastOffset && batch.Crc == Crc;

    /// <summary>Whether a batch is what compaction left of this one: it is the same but for records that are gone.</summary>
    public bool IsLeftIn(RecordBatchView batch)
    {
        if (batch.BaseOffset != BaseOffset || batch.LastOffset != LastOffset || batch.ProducerId != ProducerId || batch.ProducerEpoch != Epoch
            || batch.BaseSequence != BaseSequence || batch.IsControl != IsControl || batch.IsTransactional != IsTransactional)
            return false;
        foreach (var record in new RecordBatchReader(batch))
        {
            if (record.Offset < BaseOffset || record.Offset > LastOffset || Records[record.Offset - BaseOffset] != ModelRecord.Of(record))
                return false;
        }

        return true;
    }

    /// <summary>The batch, as it is once it got its offset.</summary>
    public static ModelBatch Of(RecordBatchView batch, long baseOffset, bool isCommit, bool isOsOnly)
    {
        var records = new ModelRecord[batch.LastOffsetDelta + 1];
        foreach (var record in new RecordBatchReader(batch))
            records[record.Offset - batch.BaseOffset] = ModelRecord.Of(record);
        return new ModelBatch
        {
            BaseOffset = baseOffset,
            LastOffset = baseOffset + batch.LastOffsetDelta,
            Crc = batch.Crc,
            ProducerId = batch.ProducerId,
            Epoch = batch.ProducerEpoch,
            BaseSequence = batch.BaseSequence,
            IsTransactional = batch.IsTransactional,
            IsControl = batch.IsControl,
            IsCommit = isCommit,
            IsOsOnly = isOsOnly,
            Records = records,
        };
    }

    public override string ToString() =>
        $"[{BaseOffset}..{LastOffset} {Crc:x8}{(ProducerId >= 0 ? $" {ProducerId}/{Epoch}/{BaseSequence}" : "")}{(IsControl ? IsCommit ? " commit" : " abort" : IsTransactional ? " txn" : "")}{(IsOsOnly ? " os" : "")}]";
}
