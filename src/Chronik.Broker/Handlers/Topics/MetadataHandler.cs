using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Topics;

/// <summary>
/// Metadata (3), versions 0-13: brokers, and topics with their partitions; creates topics that producers ask for first.
/// 1: null is all topics, controller; 2: cluster id; 4: auto-creation can be refused; 5: offline replicas; 7: leader epochs;
/// 8: authorized operations; 9: flexible; 10: topic ids; 12: lookup by id.
/// </summary>
internal sealed class MetadataHandler(TopicRegistry topics, TopicCreation creation, BrokerIdentity identity, BrokerOptions options)
    : IRequestHandler<MetadataRequest, MetadataResponse>
{
    /// <inheritdoc/>
    public async ValueTask<MetadataResponse?> HandleAsync(RequestContext context, MetadataRequest request)
    {
        var response = new MetadataResponse
        {
            Brokers = [Broker(context)],
            ClusterId = identity.ClusterId,
            ControllerId = identity.NodeId,
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? AuthorizedOperations.Cluster : AuthorizedOperations.NotAsked,
        };
        var operations = request.IncludeTopicAuthorizedOperations ? AuthorizedOperations.Topic : AuthorizedOperations.NotAsked;
        if (request.Topics is null || (context.ApiVersion == 0 && request.Topics.Count == 0))
            AddAll(response.Topics, operations);
        else if (context.ApiVersion < 12 && request.Topics.Any(t => t.Name is null || t.TopicId != Guid.Empty))
            Refuse(response, request);
        else
            await AddAsked(context, request, response, operations);
        return response;
    }

    private MetadataResponse.MetadataResponseBroker Broker(RequestContext context) => new()
    {
        NodeId = identity.NodeId,
        Host = context.Advertised.Host,
        Port = context.Advertised.Port,
        Rack = options.Rack,
    };

    private void AddAll(List<MetadataResponse.MetadataResponseTopic> into, int operations)
    {
        var all = topics.Current.Topics;
        into.EnsureCapacity(all.Count);
        foreach (var topic in all)
            into.Add(Describe(topic, operations));
    }

    /// <summary>Versions 10 and 11 have ids in the request, but serve names alone.</summary>
    private static void Refuse(MetadataResponse response, MetadataRequest request)
    {
        response.Brokers = [];
        response.ClusterId = null;
        response.ControllerId = -1;
        response.ClusterAuthorizedOperations = AuthorizedOperations.NotAsked;
        foreach (var asked in request.Topics!)
            response.Topics.Add(new() { ErrorCode = ErrorCode.InvalidRequest, Name = asked.Name ?? "", TopicId = asked.TopicId });
    }

    private async Task AddAsked(RequestContext context, MetadataRequest request, MetadataResponse response, int operations)
    {
        var mayCreate = request.AllowAutoTopicCreation && options.AutoCreateTopicsEnable;
        HashSet<string> named = new(StringComparer.Ordinal);
        foreach (var asked in request.Topics!)
        {
            if (asked.TopicId != Guid.Empty)
                response.Topics.Add(ById(asked.TopicId, operations));
            else if (asked.Name is null)
                response.Topics.Add(new() { ErrorCode = ErrorCode.InvalidRequest, Name = context.ApiVersion < 12 ? "" : null });
            else if (named.Add(asked.Name))
                response.Topics.Add(await ByNameAsync(asked.Name, mayCreate, operations));
        }
    }

    private MetadataResponse.MetadataResponseTopic ById(Guid id, int operations) =>
        topics.TryGet(new TopicId(id), out var topic)
            ? Describe(topic, operations)
            : new() { ErrorCode = ErrorCode.UnknownTopicId, Name = null, TopicId = id };

    private async ValueTask<MetadataResponse.MetadataResponseTopic> ByNameAsync(string name, bool mayCreate, int operations)
    {
        if (topics.TryGet(name, out var topic))
            return Describe(topic, operations);
        if (TopicName.Problem(name) is not null)
            return Unknown(name, ErrorCode.InvalidTopicException, operations);
        if (!mayCreate)
            return Unknown(name, ErrorCode.UnknownTopicOrPartition, operations);
        var (wanted, error) = creation.CheckAutomatic(name);
        if (wanted is null)
            return topics.TryGet(name, out topic) ? Describe(topic, operations) : Unknown(name, error, operations);
        // Kafka answers "unknown, ask again" while it creates the topic; here it is ready before the answer leaves.
        var result = (await topics.CreateAsync([wanted]))[0];
        if (result.IsDone)
            return Describe(result.Topic, operations);
        return topics.TryGet(name, out topic) ? Describe(topic, operations) : Unknown(name, result.Error, operations);
    }

    private static MetadataResponse.MetadataResponseTopic Unknown(string name, ErrorCode error, int operations) => new()
    {
        ErrorCode = error,
        Name = name,
        IsInternal = TopicName.IsInternal(name),
        TopicAuthorizedOperations = error == ErrorCode.InvalidTopicException ? AuthorizedOperations.NotAsked : operations,
    };

    private MetadataResponse.MetadataResponseTopic Describe(Topic topic, int operations)
    {
        var response = new MetadataResponse.MetadataResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id.Value,
            IsInternal = TopicName.IsInternal(topic.Name),
            TopicAuthorizedOperations = operations,
        };
        response.Partitions.EnsureCapacity(topic.PartitionCount);
        // One list for all partitions: responses are written, never changed.
        List<int> replicas = [identity.NodeId];
        foreach (var log in topic.Logs)
        {
            response.Partitions.Add(new()
            {
                PartitionIndex = log.TopicPartition.Partition,
                LeaderId = identity.NodeId,
                LeaderEpoch = log.LeaderEpoch,
                ReplicaNodes = replicas,
                IsrNodes = replicas,
            });
        }
        return response;
    }
}
