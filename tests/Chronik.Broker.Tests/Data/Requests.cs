using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;

namespace Chronik.Broker.Tests.Data;

/// <summary>Requests of the data plane in a line each.</summary>
internal static class Requests
{
    public static byte[] Batch(
        int count = 1, long timestamp = 1_000, int valueBytes = 10, long producerId = -1, short epoch = -1, int sequence = -1,
        CompressionCodec codec = CompressionCodec.None)
    {
        using var builder = new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence, Compression = codec };
        for (int i = 0; i < count; i++)
            builder.Add(timestamp + i, null, new byte[valueBytes]);
        return builder.ToArray();
    }

    public static ProduceRequest Produce(string topic, int partition, byte[] records, short acks = -1, Guid topicId = default) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData = [new() { Name = topic, TopicId = topicId, PartitionData = [new() { Index = partition, Records = new RecordData(records) }] }],
    };

    public static async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(
        this WireClient client, string topic, int partition, byte[] records, short acks = -1, short version = 9)
    {
        ProduceResponse response = await client.CallAsync<ProduceRequest, ProduceResponse>(Produce(topic, partition, records, acks), version);
        return response.Responses[0].PartitionResponses[0];
    }

    public static FetchRequest Fetch(string topic, int partition, long offset, int maxWaitMs = 0, int minBytes = 1, int bytesMax = 1 << 20) => new()
    {
        MaxWaitMs = maxWaitMs,
        MinBytes = minBytes,
        MaxBytes = 50 << 20,
        SessionEpoch = -1,
        Topics = [new() { Topic = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = bytesMax }] }],
    };

    public static async Task<FetchResponse.PartitionData> FetchAsync(this WireClient client, FetchRequest request, short version = 12)
    {
        FetchResponse response = await client.CallAsync<FetchRequest, FetchResponse>(request, version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        return response.Responses[0].Partitions[0];
    }
}
