using Chronik.Campaigns.Seeds;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;
using Chronik.TestKit;

namespace Chronik.Campaigns.Simulation;

/// <summary>Holds a log against its model.</summary>
internal static class LogCheck
{
    private const int ReadBytes = 1 << 20;

    /// <summary>After a start: reads the whole log. The model goes on with what was found.</summary>
    public static void AfterStart(IPartitionLog log, PartitionModel model)
    {
        var start = log.LogStartOffset;
        var end = log.LogEndOffset;
        CheckStart(log, model, start);
        if (log.TopicId != model.TopicId)
            throw Wrong(model, $"has the topic id {log.TopicId}, not {model.TopicId}");
        if (end < model.Durable)
            throw Wrong(model, $"ends at {end}, but all below {model.Durable} was acknowledged");
        if (log.HighWatermark != end)
            throw Wrong(model, $"has the high watermark {log.HighWatermark} and the end {end} after a start");
        var left = model.MayBeCompacted ? new HashSet<long>() : null;
        model.Continue(start, ReadAll(log, model, start, end, left));
        model.Left = left;
        if (left is not null && CompactionRules.FindBroken(model.Written(), left.Contains, start) is { } broken)
            throw Wrong(model, broken);
        if (model.EndOffset != end && end != start)
            throw Wrong(model, $"ends at {end}, its records at {model.EndOffset}");
        model.StartSeen = start;
        CheckStable(log, model);
    }

    /// <summary>While it runs: what readers may see, from one offset on.</summary>
    public static void Running(IPartitionLog log, PartitionModel model, Random random)
    {
        var highWatermark = Watermark(log, model);
        var start = log.LogStartOffset;
        CheckStart(log, model, start);
        if (highWatermark <= start)
            return;
        var offset = start + random.NextInt64(highWatermark - start);
        var isCommitted = random.Next(3) == 0;
        var result = log.Read(offset, random.Next(60, 20_000), isCommitted ? ReadBound.LastStable : ReadBound.HighWatermark, atLeastOneBatch: true);
        if (result.Error == ErrorCode.KafkaStorageError)
            return;
        var mayBeLost = model.WasOsOnly && offset >= model.Durable;
        if (result.Error != ErrorCode.None && !mayBeLost)
            throw Wrong(model, $"answers {result.Error} for offset {offset} of {start}..{highWatermark}");
        var bound = isCommitted ? result.LastStableOffset : result.HighWatermark;
        var batches = BatchesOf(result.Records, model, offset, isAfterStart: false, left: null);
        if (batches.Count == 0 && offset < bound && !mayBeLost)
            throw Wrong(model, $"returns nothing at {offset}, below {bound}");
        for (var i = 0; i < batches.Count; i++)
        {
            if (batches[i].LastOffset >= bound)
                throw Wrong(model, $"shows {batches[i]} to readers, behind {bound}");
        }

        CheckOrder(model, batches);
        model.Promise(result.HighWatermark);
        if (isCommitted)
            CheckCommitted(model, batches, result.Aborted);
    }

    /// <summary>The high watermark never goes back, and counts as a promise.</summary>
    public static long Watermark(IPartitionLog log, PartitionModel model)
    {
        var highWatermark = log.HighWatermark;
        if (highWatermark < model.HighWatermarkSeen)
            throw Wrong(model, $"took its high watermark back from {model.HighWatermarkSeen} to {highWatermark}");
        if (highWatermark > model.EndOffset)
            throw Wrong(model, $"has the high watermark {highWatermark}, but only {model.EndOffset} was written");
        model.HighWatermarkSeen = highWatermark;
        model.Promise(highWatermark);
        return highWatermark;
    }

    /// <summary>Offsets by time are those of the first record that is not earlier.</summary>
    public static void Times(IPartitionLog log, PartitionModel model, long timestamp)
    {
        var start = log.LogStartOffset;
        var end = log.HighWatermark;
        (long Offset, long Timestamp)? expected = null;
        foreach (var batch in model.Batches)
        {
            for (var i = 0; i < batch.Count && expected is null; i++)
            {
                var offset = batch.BaseOffset + i;
                if (offset >= start && offset < end && batch.Records[i].Timestamp >= timestamp && model.Left?.Contains(offset) != false)
                    expected = (offset, batch.Records[i].Timestamp);
            }
        }

        var found = log.FindOffset(timestamp, ReadBound.HighWatermark);
        if ((found?.Offset, found?.Timestamp) != (expected?.Offset, expected?.Timestamp))
            throw Wrong(model, $"finds {found?.Offset} for the time {timestamp}; the first such record is {expected?.Offset}");
    }

    /// <summary>What a consumer with read_committed gets, from the log's start to its end.</summary>
    public static void Committed(IPartitionLog log, PartitionModel model)
    {
        for (var offset = log.LogStartOffset; offset < log.LastStableOffset;)
        {
            var result = log.Read(offset, ReadBytes, ReadBound.LastStable, atLeastOneBatch: true);
            var batches = BatchesOf(result.Records, model, offset, isAfterStart: false, left: null);
            if (result.Error != ErrorCode.None || batches.Count == 0)
                throw Wrong(model, $"answers {result.Error} and {batches.Count} batches for the committed records from {offset} on");
            CheckCommitted(model, batches, result.Aborted);
            offset = batches[^1].NextOffset;
        }
    }

    /// <summary>What an idempotent producer sends again is answered with the offset that it got, and not written again.</summary>
    /// <returns>False where the storage failed, as it may.</returns>
    public static bool Repeat(IPartitionLog log, PartitionModel model, ModelBatch batch, long nowMs, bool mayFail)
    {
        var bytes = Batch.Empty(nowMs, batch.ProducerId, batch.Epoch, batch.BaseSequence, batch.Count, batch.IsTransactional);
        var result = log.Append(bytes, AppendOrigin.Client);
        if (result.Error == ErrorCode.KafkaStorageError && mayFail)
            return false;
        if (result.Error != ErrorCode.None || !result.IsDuplicate || result.BaseOffset != batch.BaseOffset)
            throw Wrong(model, $"answers {result} for a repeat of {batch}");
        return true;
    }

    /// <summary>No record of an open transaction is stable, and every other one is.</summary>
    public static void CheckStable(IPartitionLog log, PartitionModel model)
    {
        var stable = log.LastStableOffset;
        var expected = model.Transactions.LastStableOffset(log.HighWatermark);
        if (stable != expected && expected >= log.LogStartOffset)
            throw Wrong(model, $"has the last stable offset {stable}, not {expected} (high watermark {log.HighWatermark})");
    }

    public static SimulationFailure Wrong(PartitionModel model, string what) => new($"{model.TopicPartition} {what}");

    private static void CheckStart(IPartitionLog log, PartitionModel model, long start)
    {
        if (start < model.TrimPromised && !model.WasOsOnly)
            throw Wrong(model, $"starts at {start}, but was trimmed to {model.TrimPromised}");
        if (start <= model.TrimAsked)
            return;
        if (model.RetentionMs < 0 && model.RetentionBytes < 0)
            throw Wrong(model, $"starts at {start}; it was only trimmed to {model.TrimAsked} and has no retention");
        if (start > Math.Max(model.EndOffset, log.LogEndOffset))
            throw Wrong(model, $"starts at {start}, behind its end");
    }

    private static List<ModelBatch> ReadAll(IPartitionLog log, PartitionModel model, long start, long end, HashSet<long>? left)
    {
        var found = new List<ModelBatch>();
        for (var offset = start; offset < end;)
        {
            var result = log.Read(offset, ReadBytes, ReadBound.LogEnd, atLeastOneBatch: true);
            if (result.Error != ErrorCode.None)
            {
                var wrong = Wrong(model, $"answers {result.Error} for offset {offset} of {start}..{end} after a start; {model.Durable} was acknowledged");
                throw result.Error == ErrorCode.CorruptMessage && model.MayBeDamagedFrom(offset) ? new EndOfRun(wrong.Message) : wrong;
            }

            var batches = BatchesOf(result.Records, model, offset, isAfterStart: true, left);
            if (batches.Count == 0)
                throw Wrong(model, $"returns nothing at {offset}, but ends at {end}");
            found.AddRange(batches);
            offset = batches[^1].NextOffset;
        }

        CheckOrder(model, found);
        return found;
    }

    private static void CheckOrder(PartitionModel model, List<ModelBatch> batches)
    {
        for (var i = 1; i < batches.Count; i++)
        {
            if (batches[i].BaseOffset < batches[i - 1].NextOffset)
                throw Wrong(model, $"has {batches[i]} behind {batches[i - 1]}");
            if (batches[i].BaseOffset > batches[i - 1].NextOffset && !model.MayBeCompacted)
                throw Wrong(model, $"has a gap before {batches[i]}");
        }
    }

    private static List<ModelBatch> BatchesOf(RecordData records, PartitionModel model, long offset, bool isAfterStart, HashSet<long>? left)
    {
        var bytes = records.TakeBytes();
        var rest = bytes.AsSpan();
        var batches = new List<ModelBatch>();
        while (RecordBatchView.TryRead(rest, out var batch))
        {
            batches.Add(Match(batch, model, offset, isAfterStart));
            foreach (var record in new RecordBatchReader(batch))
                left?.Add(record.Offset);
            rest = rest[batch.SizeInBytes..];
        }

        if (batches.Count > 0 && batches[0].LastOffset < offset)
            throw Wrong(model, $"returns {batches[0]} for offset {offset}");
        return batches;
    }

    private static ModelBatch Match(RecordBatchView batch, PartitionModel model, long offset, bool isAfterStart)
    {
        if (!batch.IsCrcValid && !isAfterStart && batch.LastOffset >= model.Durable)
            throw new IOException("With flush=os a disk that failed may lose what readers already saw.");
        if (!batch.IsCrcValid)
            throw Wrong(model, $"returns a batch at {batch.BaseOffset} with a wrong checksum (read at {offset})");
        var expected = model.At(batch.BaseOffset);
        if (expected is not null && expected.IsIn(batch))
            return expected;
        if (model.MayBeCompacted && MatchCompacted(batch, expected) is { } compacted)
            return compacted;
        foreach (var ghost in model.GhostsAt(batch.BaseOffset))
        {
            if (isAfterStart && ghost.IsIn(batch))
                return ghost;
        }

        throw Wrong(model, $"returns [{batch.BaseOffset}..{batch.LastOffset} {batch.Crc:x8}], but {expected?.ToString() ?? "nothing"} was written there; {model.Durable} was acknowledged");
    }

    // Compaction, and a start that fills a gap behind it, also leave batches without records in the place of many.
    private static ModelBatch? MatchCompacted(RecordBatchView batch, ModelBatch? expected)
    {
        if (batch is { RecordCount: 0, HasProducerId: false })
            return ModelBatch.Of(batch, batch.BaseOffset, isCommit: false, isOsOnly: false) with { IsEmptied = true };
        return expected?.IsLeftIn(batch) == true ? expected with { IsEmptied = batch.RecordCount == 0 } : null;
    }

    // What a consumer with read_committed does with the answer.
    private static void CheckCommitted(PartitionModel model, List<ModelBatch> batches, IReadOnlyList<AbortedTransaction> aborted)
    {
        var pending = new Queue<AbortedTransaction>(aborted.OrderBy(static entry => entry.FirstOffset));
        var hidden = new HashSet<long>();
        foreach (var batch in batches)
        {
            while (pending.TryPeek(out var next) && next.FirstOffset <= batch.LastOffset)
                hidden.Add(pending.Dequeue().ProducerId);
            if (batch.IsControl && !batch.IsCommit)
                hidden.Remove(batch.ProducerId);
            if (batch.IsControl || !batch.IsTransactional || batch.IsEmptied)
                continue;
            var isCommit = model.Transactions.HasCommitted(batch) ?? throw Wrong(model, $"shows {batch} of an open transaction");
            if (isCommit == hidden.Contains(batch.ProducerId))
                throw Wrong(model, $"{(isCommit ? "hides" : "shows")} {batch} of a transaction that was {(isCommit ? "committed" : "aborted")}");
        }
    }
}
