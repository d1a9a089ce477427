using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.Corruption;

/// <summary>Reads a damaged partition as consumers do, and holds every byte against what was acknowledged.</summary>
internal sealed class LogExamination(
    ImagePartition partition, PartitionDamage damage, IPartitionLog log, Random random, List<string> wrong, bool isSecond)
{
    private const int ReadBytesMax = 4000;
    private readonly Dictionary<long, ImageBatch> _byOffset = partition.Batches.ToDictionary(static batch => batch.BaseOffset);

    // From here on a transaction may look open, for its marker is damaged: nothing behind it is stable, and readers are told.
    private readonly (long FirstOffset, long MarkerNextOffset) _open = OpenFrom(partition, damage);

    public required Action OnCorrupt { get; init; }

    public void Run()
    {
        if (log.LogEndOffset < damage.LowestEnd)
            Wrong($"the log ends at {log.LogEndOffset}, it must at {damage.LowestEnd} at least");
        if (log.LogStartOffset > partition.StartOffset && partition.Batches.Select((batch, i) => (batch, i)).Any(IsHidden))
            Wrong($"the log starts at {log.LogStartOffset}, not at {partition.StartOffset}");
        if (log.LogStartOffset < partition.StartOffset && !damage.MayStartEarlier)
            Wrong($"deleted records show up again: the log starts at {log.LogStartOffset}, not at {partition.StartOffset}");
        for (var i = 0; i < partition.Batches.Count && wrong.Count < 5; i++)
        {
            var batch = partition.Batches[i];
            if (batch.BaseOffset < partition.StartOffset || batch.IsEmpty)
                continue;
            Read(i, batch.BaseOffset, ReadBound.HighWatermark);
            if (batch.NextOffset > batch.BaseOffset + 1)
                Read(i, batch.NextOffset - 1, ReadBound.LogEnd);
            Read(i, batch.BaseOffset, ReadBound.LastStable);
            FindByTime(i);
        }
    }

    private bool IsHidden((ImageBatch Batch, int Index) batch) =>
        batch.Batch.BaseOffset >= partition.StartOffset && batch.Batch.BaseOffset < log.LogStartOffset && !damage.MayBeGone(batch.Index);

    private void Read(int index, long offset, ReadBound bound)
    {
        var result = log.Read(offset, random.Next(ReadBytesMax), bound, atLeastOneBatch: true);
        var bytes = result.Records.TakeBytes();
        if (result.Error == ErrorCode.CorruptMessage)
            OnCorrupt();
        else if (result.Error is not (ErrorCode.None or ErrorCode.OffsetOutOfRange))
            Wrong($"a read at {offset} got {result.Error}");
        var first = Compare(bytes, offset);
        if (damage.MayBeGone(index))
            return;
        if (bound == ReadBound.LastStable && offset >= _open.FirstOffset)
        {
            if (result.Error == ErrorCode.None && first is null && !IsMarkerCut)
                Wrong($"offset {offset} is sound, and a reader of committed records waits for ever for a marker that is damaged");
            return;
        }

        if (result.Error != ErrorCode.None || first is null)
            Wrong($"offset {offset} is sound, but a read ({bound}) got {result.Error}, {bytes.Length} bytes");
        else if (first.BaseOffset != partition.Batches[index].BaseOffset)
            Wrong($"a read at {offset} begins with offset {first.BaseOffset}");
        else if (bound == ReadBound.LastStable && first is { ProducerId: >= 0, IsControl: false })
            CheckAborted(first, index, result.Aborted);
    }

    // The first batch that was read, if all that was is what was acknowledged.
    private ImageBatch? Compare(byte[] bytes, long offset)
    {
        ImageBatch? first = null;
        for (var at = 0; at < bytes.Length;)
        {
            if (bytes.Length - at < RecordBatchHeader.SizeInBytes)
                break;
            var view = new RecordBatchView(bytes.AsSpan(at));

            var isThere = _byOffset.TryGetValue(view.BaseOffset, out var original);

            // In a compacted log a power cut's gap is filled, and what is missing in front of it with it.
            if (partition.IsCompacted && view.RecordCount == 0 && (!isThere || damage.MayBeGone(IndexOf(original!))))
                return first;
            if (original is null)
            {
                // What an earlier life of this case appended; of others nobody knows.
                if (!isSecond || view.BaseOffset < damage.LowestEnd)
                    Wrong($"a read at {offset} got a batch of offset {view.BaseOffset}, which never was");
                return first;
            }

            var length = Math.Min(original.Bytes.Length, bytes.Length - at);
            if (!bytes.AsSpan(at, length).SequenceEqual(original.Bytes.AsSpan(0, length)) && !(isSecond && view.BaseOffset >= damage.LowestEnd))
            {
                Wrong($"a read at {offset} got wrong bytes in the batch of {view.BaseOffset}");
                return first;
            }

            first ??= original;
            at += original.Bytes.Length;
        }

        return first;
    }

    private void CheckAborted(ImageBatch batch, int index, IReadOnlyList<AbortedTransaction> aborted)
    {
        // Where the marker is damaged nobody can tell how the transaction ended, unless the index still says it.
        var marker = partition.Batches.Skip(index).First(other => other.IsControl);
        if (damage.MayBeGone(IndexOf(marker)))
            return;
        if (batch.IsAborted != aborted.Any(transaction => transaction.ProducerId == batch.ProducerId && transaction.FirstOffset == batch.BaseOffset))
            Wrong($"the transaction of offset {batch.BaseOffset} is {(batch.IsAborted ? "" : "not ")}aborted, but its reader is told otherwise");
    }

    // As a torn tail: it was never acknowledged, so its coordinator writes it again.
    private bool IsMarkerCut => _open.MarkerNextOffset > (isSecond ? damage.LowestEnd : log.LogEndOffset);

    private static (long FirstOffset, long MarkerNextOffset) OpenFrom(ImagePartition partition, PartitionDamage damage)
    {
        var first = long.MaxValue;
        for (var i = 0; i < partition.Batches.Count; i++)
        {
            var batch = partition.Batches[i];
            if (batch.ProducerId < 0)
                continue;
            if (!batch.IsControl)
                first = batch.BaseOffset;
            else if (damage.MayBeGone(i) && first < long.MaxValue)
                return (first, batch.NextOffset);
        }

        return (long.MaxValue, long.MaxValue);
    }

    private int IndexOf(ImageBatch batch) => partition.Batches.Select((other, i) => (other, i)).First(pair => pair.other == batch).i;

    private void FindByTime(int index)
    {
        var batch = partition.Batches[index];
        if (damage.MayBeGone(index) || batch.IsControl)
            return;
        var found = log.FindOffset(batch.Timestamp);

        // Compaction may have taken the batch's first record.
        if (found is not { } record || record.Offset < batch.BaseOffset || record.Offset >= (partition.IsCompacted ? batch.NextOffset : batch.BaseOffset + 1))
            Wrong($"the time of offset {batch.BaseOffset} was searched, {(found is { } other ? $"{other.Offset}" : "nothing")} was found");
    }

    private void Wrong(string text) => wrong.Add($"{log.TopicPartition}{(isSecond ? " (second start)" : "")}: {text}");
}
