using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;

namespace Chronik.Client.Producing;

/// <summary>Records of one partition that are sent together.</summary>
internal sealed class PendingBatch
{
    private readonly List<(ProducerRecord Record, long Timestamp, TaskCompletionSource<DeliveryReport> Delivery)> _records = [];

    public int Count => _records.Count;

    public int EstimatedBytes { get; private set; }

    /// <summary>Completes when the batch shall not wait for more records.</summary>
    public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<DeliveryReport> Add(ProducerRecord record, long now)
    {
        var delivery = new TaskCompletionSource<DeliveryReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        _records.Add((record, record.Timestamp?.ToUnixTimeMilliseconds() ?? now, delivery));
        EstimatedBytes += record.EstimatedBytes;
        return delivery.Task;
    }

    public RentedBytes Encode(CompressionCodec compression, ProducerIdentity identity, int sequence)
    {
        using var builder = new RecordBatchBuilder(EstimatedBytes)
        {
            Compression = compression,
            ProducerId = identity.Id,
            ProducerEpoch = identity.Epoch,
            BaseSequence = identity == ProducerIdentity.None ? -1 : sequence,
        };
        foreach (var (record, timestamp, _) in _records)
            builder.Add(timestamp, record.Key, record.Value, record.Headers);
        return builder.Build();
    }

    public void Complete(TopicPartition partition, ProduceResponse.PartitionProduceResponse? answer)
    {
        long baseOffset = answer is { ErrorCode: ErrorCode.None } ? answer.BaseOffset : -1;
        long appendTime = answer?.LogAppendTimeMs ?? -1;
        for (int i = 0; i < _records.Count; i++)
        {
            var (_, timestamp, delivery) = _records[i];
            delivery.TrySetResult(new DeliveryReport(partition, baseOffset < 0 ? -1 : baseOffset + i, appendTime < 0 ? timestamp : appendTime));
        }
    }

    public void Fail(Exception why)
    {
        foreach (var (_, _, delivery) in _records)
            delivery.TrySetException(why);
    }
}
