using Chronik.Client;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Server.Output;

namespace Chronik.Server.Administration;

/// <summary>What there is to do with topics, on any cluster.</summary>
internal sealed class TopicAdmin(KafkaClient client)
{
    private const sbyte TopicResource = 2;
    private const sbyte DefaultSource = 5;

    /// <summary>All topics, by name.</summary>
    public async Task<List<TopicRow>> ListAsync(bool internalToo, CancellationToken cancellation)
    {
        var metadata = await client.GetMetadataAsync(topics: null, cancellation: cancellation);
        return
        [
            .. from topic in metadata.Topics
               where internalToo || !topic.IsInternal
               select new TopicRow(topic.Name, IdText(topic.Id), topic.Partitions.Count, ReplicaCount(topic), topic.IsInternal)
        ];
    }

    /// <summary>Creates a topic; -1 is the cluster's default.</summary>
    /// <returns>False where there was one of this name.</returns>
    public async Task<bool> CreateAsync(
        string name, int partitions, short replicationFactor, IEnumerable<KeyValuePair<string, string>> configs, CancellationToken cancellation)
    {
        var response = await client.SendToControllerAsync(
            new CreateTopicsRequest
            {
                Topics =
                [
                    new()
                    {
                        Name = name,
                        NumPartitions = partitions,
                        ReplicationFactor = replicationFactor,
                        Configs = [.. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
                    },
                ],
            },
            cancellation: cancellation);
        var result = response.Topics[0];
        if (result.ErrorCode == ErrorCode.TopicAlreadyExists)
            return false;
        KafkaException.ThrowIfError(result.ErrorCode, $"Topic {name}", result.ErrorMessage);
        return true;
    }

    /// <summary>Deletes a topic.</summary>
    /// <returns>False where there was none.</returns>
    public async Task<bool> DeleteAsync(string name, CancellationToken cancellation)
    {
        const short lastByName = 5;
        var response = await client.SendToControllerAsync(
            new DeleteTopicsRequest { TopicNames = [name], TimeoutMs = 30_000 },
            new SendOptions { HighestVersion = lastByName },
            cancellation);
        var result = response.Responses[0];
        if (result.ErrorCode == ErrorCode.UnknownTopicOrPartition)
            return false;
        KafkaException.ThrowIfError(result.ErrorCode, $"Topic {name}", result.ErrorMessage);
        return true;
    }

    /// <summary>A topic with its partitions and the settings that are its own.</summary>
    public async Task<TopicDescription> DescribeAsync(string name, CancellationToken cancellation)
    {
        var topic = await client.GetTopicAsync(name, cancellation: cancellation);
        var led = topic.Partitions.Where(partition => partition.LeaderId >= 0).Select(partition => new TopicPartition(name, partition.Index)).ToList();
        var first = await client.ListOffsetsAsync(led.ToDictionary(partition => partition, _ => StartAt.Beginning), cancellation);
        var end = await client.ListOffsetsAsync(led.ToDictionary(partition => partition, _ => StartAt.End), cancellation);
        return new TopicDescription(
            name,
            IdText(topic.Id),
            topic.IsInternal,
            [
                .. from partition in topic.Partitions
                   let key = new TopicPartition(name, partition.Index)
                   select new PartitionRow(
                       partition.Index,
                       partition.LeaderId,
                       partition.Replicas,
                       partition.InSyncReplicas,
                       first.GetValueOrDefault(key, -1),
                       end.GetValueOrDefault(key, -1))
            ],
            await OwnConfigsAsync(name, cancellation));
    }

    private async Task<List<ConfigRow>> OwnConfigsAsync(string name, CancellationToken cancellation)
    {
        var response = await client.SendAsync(
            new DescribeConfigsRequest { Resources = [new() { ResourceType = TopicResource, ResourceName = name, ConfigurationKeys = null }] },
            cancellation: cancellation);
        KafkaException.ThrowIfError(response.Results[0].ErrorCode, $"The settings of topic {name}", response.Results[0].ErrorMessage);
        return
        [
            .. from config in response.Results[0].Configs
               where config.ConfigSource != DefaultSource && !config.IsDefault
               orderby config.Name
               select new ConfigRow(config.Name, config.Value, SourceName(config.ConfigSource))
        ];
    }

    private static string SourceName(sbyte source) => source switch
    {
        1 => "topic",
        2 or 3 => "broker, dynamic",
        4 => "broker",
        _ => "other",
    };

    private static string? IdText(TopicId id) => id == TopicId.None ? null : id.ToString();

    private static int ReplicaCount(TopicMetadata topic) => topic.Partitions.Count == 0 ? 0 : topic.Partitions[0].Replicas.Count;
}
