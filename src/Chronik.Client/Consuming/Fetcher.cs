using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client.Consuming;

/// <summary>Fetches from the leaders of partitions, on connections of its own: other requests would wait behind a fetch that waits.</summary>
internal sealed class Fetcher(KafkaClientOptions clientOptions, ConsumerOptions options) : IAsyncDisposable
{
    private const short LastVersionWithTopicNames = 12;

    private readonly KafkaClient _client = new(clientOptions);

    /// <summary>Closes its connections.</summary>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>Fetches again while brokers cannot be reached or partitions move, and moves the positions behind what came.</summary>
    /// <param name="positions">Where each partition is to be read; moved on.</param>
    /// <param name="lost">Gets the partitions whose offset is gone.</param>
    /// <param name="wait">How long brokers may wait for records.</param>
    /// <param name="cancellation">Ends waiting.</param>
    public Task<List<ConsumedRecord>> FetchAsync(
        Dictionary<TopicPartition, long> positions, ICollection<TopicPartition> lost, TimeSpan wait, CancellationToken cancellation) =>
        _client.RetryAsync(() => FetchOnceAsync(positions, lost, wait, cancellation), _ => ErrorCode.None, cancellation);

    private async Task<List<ConsumedRecord>> FetchOnceAsync(
        Dictionary<TopicPartition, long> positions, ICollection<TopicPartition> lost, TimeSpan wait, CancellationToken cancellation)
    {
        var byLeader = new Dictionary<int, FetchRequest>();
        foreach (var (partition, offset) in positions)
        {
            int leader = await _client.GetLeaderAsync(partition, cancellation);
            if (!byLeader.TryGetValue(leader, out var request))
                byLeader.Add(leader, request = NewRequest(wait));
            var topic = request.Topics.Find(topic => topic.Topic == partition.Topic);
            if (topic is null)
                request.Topics.Add(topic = new() { Topic = partition.Topic });
            topic.Partitions.Add(new() { Partition = partition.Partition, FetchOffset = offset, PartitionMaxBytes = options.PartitionFetchBytesMax });
        }

        var send = new SendOptions { HighestVersion = LastVersionWithTopicNames, Timeout = wait + _client.Options.RequestTimeout };
        var responses = await Task.WhenAll(byLeader.Select(ask => _client.SendToBrokerAsync(ask.Key, ask.Value, send, cancellation)));
        var records = new List<ConsumedRecord>();
        KafkaException? refused = null;
        foreach (var response in responses)
            refused = Take(response, positions, lost, records) ?? refused;
        // What came from other partitions is not lost for one that fails; the next fetch fails again.
        return refused is null || records.Count > 0 ? records : throw refused;
    }

    private FetchRequest NewRequest(TimeSpan wait) => new()
    {
        MaxWaitMs = (int)wait.TotalMilliseconds,
        MinBytes = options.FetchBytesMin,
        MaxBytes = options.FetchBytesMax,
        IsolationLevel = (sbyte)options.IsolationLevel,
    };

    private KafkaException? Take(FetchResponse response, Dictionary<TopicPartition, long> positions, ICollection<TopicPartition> lost, List<ConsumedRecord> records)
    {
        KafkaException.ThrowIfError(response.ErrorCode, "Fetch");
        KafkaException? refused = null;
        foreach (var topic in response.Responses)
        {
            foreach (var data in topic.Partitions)
            {
                int before = records.Count;
                try
                {
                    TakePartition(new TopicPartition(topic.Topic, data.PartitionIndex), data, positions, lost, records);
                }
                catch (KafkaException e)
                {
                    records.RemoveRange(before, records.Count - before);
                    refused = e;
                }
            }
        }

        return refused;
    }

    private void TakePartition(
        TopicPartition partition, FetchResponse.PartitionData data, Dictionary<TopicPartition, long> positions, ICollection<TopicPartition> lost, List<ConsumedRecord> records)
    {
        if (data.ErrorCode == ErrorCode.OffsetOutOfRange)
            lost.Add(partition);
        else if (data.ErrorCode.NeedsMetadata())
            _client.RefreshMetadata();
        else
            KafkaException.ThrowIfError(data.ErrorCode, $"Fetching {partition}");
        if (data.ErrorCode == ErrorCode.None)
            positions[partition] = RecordDecoder.Decode(partition, data, positions[partition], options.IsolationLevel == IsolationLevel.ReadCommitted, records);
    }
}
