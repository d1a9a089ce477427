using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client;

/// <content>Offsets of partitions.</content>
public sealed partial class KafkaClient
{
    /// <summary>Finds the offsets at which partitions begin, end, or reach a time.</summary>
    /// <param name="partitions">The partitions, and where in each.</param>
    /// <param name="cancellation">Ends waiting and trying.</param>
    /// <returns>The offsets; -1 where no record is as young as the time.</returns>
    /// <exception cref="KafkaException">A broker refused one of them.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> ListOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, StartAt> partitions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        return await RetryAsync(() => AskForOffsetsAsync(partitions, cancellation), _ => ErrorCode.None, cancellation);
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> AskForOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, StartAt> partitions, CancellationToken cancellation)
    {
        var offsets = new Dictionary<TopicPartition, long>();
        var byLeader = new Dictionary<int, ListOffsetsRequest>();
        foreach (var (partition, at) in partitions)
        {
            if (at.ExactOffset is { } exact)
            {
                offsets[partition] = exact;
                continue;
            }

            int leader = await GetLeaderAsync(partition, cancellation);
            if (!byLeader.TryGetValue(leader, out var request))
                byLeader.Add(leader, request = new ListOffsetsRequest { ReplicaId = -1 });
            var topic = request.Topics.Find(topic => topic.Name == partition.Topic);
            if (topic is null)
                request.Topics.Add(topic = new() { Name = partition.Topic });
            topic.Partitions.Add(new() { PartitionIndex = partition.Partition, Timestamp = at.Timestamp });
        }

        var answers = await Task.WhenAll(byLeader.Select(ask => SendToBrokerAsync(ask.Key, ask.Value, cancellation: cancellation)));
        foreach (var topic in answers.SelectMany(answer => answer.Topics))
        {
            foreach (var found in topic.Partitions)
            {
                var partition = new TopicPartition(topic.Name, found.PartitionIndex);
                KafkaException.ThrowIfError(found.ErrorCode, $"The offsets of {partition}");
                offsets[partition] = found.Offset;
            }
        }

        return offsets;
    }
}
