using Chronik.Client.Connections;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client;

/// <content>Who is to be asked: brokers, leaders and coordinators.</content>
public sealed partial class KafkaClient
{
    private const short FindCoordinatorByOneKey = 3;

    /// <summary>Asks for the cluster's brokers and for topics.</summary>
    /// <param name="topics">The topics' names; null for all.</param>
    /// <param name="createMissing">Whether the broker may create the ones that are missing, if it is set up to.</param>
    /// <param name="cancellation">Ends waiting and trying.</param>
    /// <exception cref="IOException">No broker can be reached.</exception>
    public async Task<ClusterMetadata> GetMetadataAsync(
        IReadOnlyCollection<string>? topics, bool createMissing = false, CancellationToken cancellation = default)
    {
        var request = new MetadataRequest
        {
            Topics = topics is null ? null : [.. topics.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name })],
            AllowAutoTopicCreation = createMissing,
        };
        var connection = await ConnectToAnyAsync(cancellation);
        short version = connection.Versions.Choose(ApiKeys.Get(ApiKey.Metadata), highestAccepted: null);
        const short nullMeansAll = 1;
        const short creationCanBeForbidden = 4;
        if (version < nullMeansAll)
            request.Topics ??= [];
        if (version < creationCanBeForbidden)
            request.AllowAutoTopicCreation = true;
        var metadata = ClusterMetadata.From(await connection.SendAsync(request, version, Options.RequestTimeout, cancellation));
        _cache.Remember(metadata);
        return metadata;
    }

    /// <summary>Asks for one topic, unless it is known; waits for one that is being created to get its leaders.</summary>
    /// <exception cref="KafkaException">There is no such topic, or it cannot be used.</exception>
    public async Task<TopicMetadata> GetTopicAsync(string name, bool createMissing = false, CancellationToken cancellation = default)
    {
        if (_cache.FindTopic(name) is { } known)
            return known;
        var pause = new RetryPause(Options);
        while (true)
        {
            var metadata = await RetryAsync(() => GetMetadataAsync([name], createMissing, cancellation), _ => ErrorCode.None, cancellation);
            var topic = metadata.Topics.FirstOrDefault(topic => topic.Name == name)
                ?? throw new KafkaException(ErrorCode.UnknownTopicOrPartition, $"Topic {name}: the broker does not tell of it.");
            var error = topic.Error != ErrorCode.None ? topic.Error : topic.Partitions.Select(p => p.Error).FirstOrDefault(e => e == ErrorCode.LeaderNotAvailable);
            if (error == ErrorCode.None)
                return topic;
            bool isComing = error == ErrorCode.LeaderNotAvailable || (createMissing && error == ErrorCode.UnknownTopicOrPartition);
            if (!isComing || !pause.HasTimeLeft)
                KafkaException.ThrowIfError(error, $"Topic {name}");
            await pause.WaitAsync(cancellation);
        }
    }

    /// <summary>The broker that leads a partition now.</summary>
    /// <exception cref="KafkaException">There is no such partition, or it has no leader.</exception>
    public async Task<int> GetLeaderAsync(TopicPartition partition, CancellationToken cancellation = default)
    {
        var topic = await GetTopicAsync(partition.Topic, cancellation: cancellation);
        var found = topic.Partitions.FirstOrDefault(p => p.Index == partition.Partition)
            ?? throw new KafkaException(ErrorCode.UnknownTopicOrPartition, $"{partition}: topic {topic.Name} has {topic.Partitions.Count} partitions.");
        return found.LeaderId >= 0 ? found.LeaderId : throw new KafkaException(ErrorCode.LeaderNotAvailable, $"{partition} has no leader.");
    }

    /// <summary>The broker that coordinates a group, unless it is known.</summary>
    /// <exception cref="KafkaException">There is none now.</exception>
    public async Task<BrokerNode> FindCoordinatorAsync(string groupId, CancellationToken cancellation = default)
    {
        if (_cache.FindCoordinator(groupId) is { } known)
            return known;
        var request = new FindCoordinatorRequest { Key = groupId };
        var options = new SendOptions { HighestVersion = FindCoordinatorByOneKey };
        var response = await SendOnAsync(await ConnectToAnyAsync(cancellation), request, options, cancellation);
        KafkaException.ThrowIfError(response.ErrorCode, $"The coordinator of group {groupId}", response.ErrorMessage);
        var coordinator = new BrokerNode(response.NodeId, new BrokerAddress(response.Host, response.Port), Rack: null);
        _cache.RememberCoordinator(groupId, coordinator);
        return coordinator;
    }

    /// <summary>Forgets which brokers lead and coordinate: the next request looks at the cluster anew.</summary>
    public void RefreshMetadata() => _cache.Forget();

    private async Task<BrokerConnection> ConnectToAsync(int nodeId, CancellationToken cancellation)
    {
        var node = _cache.FindBroker(nodeId)
            ?? (await GetMetadataAsync([], cancellation: cancellation)).Brokers.FirstOrDefault(broker => broker.Id == nodeId)
            ?? throw new KafkaException(ErrorCode.BrokerNotAvailable, $"The cluster has no broker {nodeId} now.");
        return await _pool.GetAsync(node.Address, cancellation);
    }

    /// <summary>The first broker that can be reached: those that were told of, then those to start with.</summary>
    private async Task<BrokerConnection> ConnectToAnyAsync(CancellationToken cancellation)
    {
        Exception? first = null;
        foreach (var address in _cache.Addresses.Concat(_bootstrap).Distinct())
        {
            try
            {
                return await _pool.GetAsync(address, cancellation);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                first ??= e;
            }
        }

        throw new IOException($"No broker can be reached: {first!.Message}", first);
    }
}
