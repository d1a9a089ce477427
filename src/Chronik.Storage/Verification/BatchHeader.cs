using Chronik.Records;

namespace Chronik.Storage.Verification;

/// <summary>A batch's place in a segment file and what its header says.</summary>
internal readonly record struct BatchHeader(
    long Position,
    int SizeInBytes,
    long BaseOffset,
    int LastOffsetDelta,
    int Epoch,
    uint Crc,
    long MaxTimestamp,
    long ProducerId,
    int RecordCount,
    bool IsTransactional,
    bool IsControl)
{
    public long LastOffset => BaseOffset + LastOffsetDelta;

    public long NextOffset => LastOffset + 1;

    public long End => Position + SizeInBytes;

    public static BatchHeader Of(RecordBatchView batch, long position) => new(
        position, batch.SizeInBytes, batch.BaseOffset, batch.LastOffsetDelta, batch.PartitionLeaderEpoch, batch.Crc,
        batch.MaxTimestamp, batch.ProducerId, batch.RecordCount, batch.IsTransactional, batch.IsControl);
}
