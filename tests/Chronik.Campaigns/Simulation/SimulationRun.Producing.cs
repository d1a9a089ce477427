using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.Simulation;

/// <content>Producers: plain, idempotent with repeats, and transactional.</content>
internal sealed partial class SimulationRun
{
    private const int Producers = 4;

    private bool _isAppending;

    private void Produce()
    {
        var topics = _topics.Values.Where(static topic => topic is { IsCreated: true, IsBusy: false }).ToArray();
        if (topics.Length == 0)
            return;
        var partition = Pick(Pick(topics).Partitions);
        if (!TryGet(partition, out var log))
            return;
        var dice = Random.Next(100);
        var producer = Random.Next(Producers);
        if (dice < 40)
            Append(partition, log, dice < 8 ? [Batch.Plain(Random, _process.NowMs), Batch.Plain(Random, _process.NowMs)] : [Batch.Plain(Random, _process.NowMs)]);
        else if (dice < 70)
            AppendNext(partition, log, producer, isTransactional: false);
        else if (dice < 80)
            Repeat(partition, log, producer);
        else if (dice < 83)
            SkipSequence(partition, log, producer);
        else if (dice < 94)
            AppendNext(partition, log, Producers + producer, isTransactional: true);
        else
            EndTransaction(partition, log);
    }

    private void AppendNext(PartitionModel partition, IPartitionLog log, long producerId, bool isTransactional)
    {
        var last = partition.Batches.FindLast(batch => batch.ProducerId == producerId && !batch.IsControl);
        var epoch = last?.Epoch ?? 0;
        var sequence = last is null ? 0 : last.LastSequence + 1;
        if (last is not null && !isTransactional && Random.Next(20) == 0)
            (epoch, sequence) = ((short)(epoch + 1), 0);

        // Without any record that is left the log may have forgotten the producer, or not: then nothing can be expected.
        var isKnown = last is not null && last.LastOffset >= log.LogStartOffset;
        var batch = Batch.Idempotent(Random, _process.NowMs, producerId, epoch, sequence, Random.Next(1, 4), isTransactional);
        Append(partition, log, [batch], mayRefuse: !isKnown && last is not null);
    }

    private void Repeat(PartitionModel partition, IPartitionLog log, long producerId)
    {
        var own = partition.Remembered(producerId, log.LogStartOffset);
        if (own.Length > 0)
            Repeat(partition, log, Pick(own));
    }

    private void Repeat(PartitionModel partition, IPartitionLog log, ModelBatch batch)
    {
        Trace.Add("repeat", partition.TopicPartition.ToString(), batch.BaseOffset);
        if (LogCheck.Repeat(log, partition, batch, _process.NowMs, _process.HadFaults))
            Acknowledge(partition, log, batch.NextOffset);
    }

    private void ProveDuplicates(PartitionModel partition, IPartitionLog log)
    {
        for (var producer = 0; producer < Producers && _process.IsAlive; producer++)
            Repeat(partition, log, producer);
    }

    private void SkipSequence(PartitionModel partition, IPartitionLog log, long producerId)
    {
        var last = partition.Batches.FindLast(batch => batch.ProducerId == producerId);
        if (last is null || last.LastOffset < log.LogStartOffset)
            return;
        var bytes = Batch.Empty(_process.NowMs, producerId, last.Epoch, last.LastSequence + 2, 1, isTransactional: false);
        var result = log.Append(bytes, AppendOrigin.Client);
        if (result.Error is not (ErrorCode.OutOfOrderSequenceNumber or ErrorCode.KafkaStorageError))
            throw LogCheck.Wrong(partition, $"answers {result} for a sequence that skips one after {last}");
    }

    private void EndTransaction(PartitionModel partition, IPartitionLog log)
    {
        var open = partition.Transactions.Open.Keys.Order().ToArray();
        if (open.Length == 0)
            return;
        var producerId = Pick(open);
        var epoch = partition.Batches.FindLast(batch => batch.ProducerId == producerId)!.Epoch;
        var isCommit = Random.Next(2) == 0;
        Append(partition, log, [Batch.Marker(_process.NowMs, producerId, epoch, isCommit)], isCommit: isCommit, origin: AppendOrigin.Coordinator);
    }

    private void Append(
        PartitionModel partition, IPartitionLog log, byte[][] batches,
        bool mustSucceed = false, bool mayRefuse = false, bool isCommit = false, AppendOrigin origin = AppendOrigin.Client)
    {
        byte[] bytes = [.. batches.SelectMany(static batch => batch)];
        var config = log.Config;
        Trace.Add("append", partition.TopicPartition.ToString(), partition.EndOffset, bytes.Length);
        _isAppending = true;
        var result = log.Append(bytes, origin);
        _isAppending = false;
        if (result.Error == ErrorCode.RecordListTooLarge && bytes.Length > config.SegmentBytesMax)
            return;
        if (mayRefuse && result.Error is ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId or ErrorCode.InvalidTxnState or ErrorCode.InvalidProducerEpoch)
            return;
        var isMishap = result.Error == ErrorCode.KafkaStorageError && (_process.HadFaults || !_process.IsAlive) && !mustSucceed;
        if (result.Error != ErrorCode.None && !isMishap)
            throw LogCheck.Wrong(partition, $"answers {result} for an append at {partition.EndOffset}");
        if (result.IsDuplicate)
            throw LogCheck.Wrong(partition, $"takes a new batch for a duplicate: {result}");
        if (!isMishap && result.BaseOffset != partition.EndOffset)
            throw LogCheck.Wrong(partition, $"gives the offset {result.BaseOffset}, not {partition.EndOffset}");
        var next = partition.EndOffset;
        for (var rest = bytes.AsSpan(); RecordBatchView.TryRead(rest, out var batch); rest = rest[batch.SizeInBytes..])
        {
            var appended = ModelBatch.Of(batch, next, isCommit, config.FlushOs);
            next = appended.NextOffset;
            if (isMishap)
                partition.Failed(appended);
            else
                partition.Append(appended);
        }

        Figures.Batches += batches.Length;
        if (!isMishap && Random.Next(4) > 0)
            Acknowledge(partition, log, partition.EndOffset);
    }

    // acks=all: what was answered counts, if there was a process left to answer.
    private void Acknowledge(PartitionModel partition, IPartitionLog log, long offset)
    {
        var process = _process;
        _ = process.Scheduler.Start(async () =>
        {
            var error = await log.WhenDurable(offset);
            if (!process.IsAlive)
                return false;
            if (error == ErrorCode.None)
            {
                Figures.Acknowledged++;
                Trace.Add("ack", partition.TopicPartition.ToString(), offset);
                partition.Promise(offset);
                if (log.HighWatermark < offset)
                    throw LogCheck.Wrong(partition, $"acknowledged {offset} with a high watermark of {log.HighWatermark}");
            }
            else if (!process.HadFaults && error == ErrorCode.KafkaStorageError)
            {
                throw LogCheck.Wrong(partition, $"answers {error} on a disk that is well");
            }

            return true;
        }).ContinueWith(
            task => _wrong ??= task.Exception?.InnerException,
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
