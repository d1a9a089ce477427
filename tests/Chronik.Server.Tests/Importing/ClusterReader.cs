using System.Security.Cryptography;
using Chronik.Client;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;

namespace Chronik.Server.Tests.Importing;

/// <summary>Reads all that clients can see of a cluster, as lines that can be compared.</summary>
internal sealed class ClusterReader(KafkaClient client)
{
    private const sbyte TopicResource = 2;
    private const sbyte TopicSource = 1;

    public async Task<List<string>> TopicsAsync(params string[] names)
    {
        List<string> lines = [];
        foreach (var name in names)
        {
            var topic = await client.GetTopicAsync(name);
            lines.Add($"{name}: {topic.Id}, {topic.Partitions.Count} partitions");
            lines.AddRange((await ConfigsAsync(name)).Select(config => $"{name}: {config}"));
            for (var partition = 0; partition < topic.Partitions.Count; partition++)
            {
                for (sbyte isolation = 0; isolation < 2; isolation++)
                    lines.Add($"{name}-{partition}: {await RecordsAsync(new TopicPartition(name, partition), isolation)}");
            }
        }

        return lines;
    }

    public async Task<List<string>> OffsetsAsync(string group)
    {
        var response = await client.SendToCoordinatorAsync(
            group, new OffsetFetchRequest { GroupId = group, Topics = null! }, static answer => answer.ErrorCode, new SendOptions { HighestVersion = 7 });
        return
        [
            .. from topic in response.Topics
               from partition in topic.Partitions
               orderby topic.Name, partition.PartitionIndex
               select $"{group}: {topic.Name}-{partition.PartitionIndex} at {partition.CommittedOffset} ({partition.Metadata})",
        ];
    }

    private async Task<IEnumerable<string>> ConfigsAsync(string topic)
    {
        var response = await client.SendAsync(
            new DescribeConfigsRequest { Resources = [new() { ResourceType = TopicResource, ResourceName = topic, ConfigurationKeys = null }] });
        return response.Results[0].Configs.Where(static config => config.ConfigSource == TopicSource)
            .Select(static config => $"{config.Name}={config.Value}").Order(StringComparer.Ordinal);
    }

    private async Task<string> RecordsAsync(TopicPartition partition, sbyte isolation)
    {
        var start = (await client.ListOffsetsAsync(new Dictionary<TopicPartition, StartAt> { [partition] = StartAt.Beginning }))[partition];
        var leader = await client.GetLeaderAsync(partition);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (records, aborted) = (0, new SortedSet<(long, long)>());
        for (var offset = start; ;)
        {
            var data = await FetchAsync(leader, partition, offset, isolation);
            foreach (var transaction in data.AbortedTransactions ?? [])
                aborted.Add((transaction.FirstOffset, transaction.ProducerId));
            var end = isolation == 0 ? data.HighWatermark : data.LastStableOffset;
            var bytes = data.Records.Memory;
            while (RecordBatchView.TryRead(bytes.Span, out var batch))
            {
                Assert.True(batch.IsCrcValid);
                hash.AppendData(bytes.Span[..batch.SizeInBytes]);
                records += batch.RecordCount;
                offset = batch.NextOffset;
                bytes = bytes[batch.SizeInBytes..];
            }

            if (offset >= end)
            {
                return $"{start} to {data.HighWatermark}, stable to {data.LastStableOffset}, {records} records {Convert.ToHexString(hash.GetHashAndReset())[..16]}"
                    + $" isolation {isolation} aborted {string.Join(' ', aborted)}";
            }
        }
    }

    private async Task<FetchResponse.PartitionData> FetchAsync(int leader, TopicPartition partition, long offset, sbyte isolation)
    {
        var response = await client.SendToBrokerAsync(
            leader,
            new FetchRequest
            {
                MaxWaitMs = 100,
                MinBytes = 1,
                IsolationLevel = isolation,
                Topics = [new() { Topic = partition.Topic, Partitions = [new() { Partition = partition.Partition, FetchOffset = offset, PartitionMaxBytes = 300_000 }] }],
            },
            new SendOptions { HighestVersion = 12 });
        var data = response.Responses[0].Partitions[0];
        Assert.Equal(ErrorCode.None, data.ErrorCode);
        return data;
    }
}
