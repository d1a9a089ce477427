using System.Globalization;
using Chronik.Broker.Configs;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Topics;

/// <summary>Checks topics that clients want to create, in Kafka's order and words, and fills in the broker's defaults.</summary>
internal sealed class TopicCreation(TopicRegistry topics, TopicConfigResolver resolver, BrokerOptions options)
{
    /// <summary>How many partitions one request may ask for.</summary>
    internal const int PartitionsPerRequestMax = 10_000;

    /// <summary>Whether the topics together ask for no more than <see cref="PartitionsPerRequestMax"/>.</summary>
    internal bool IsWithinLimits(IEnumerable<CreateTopicsRequest.CreatableTopic> wanted)
    {
        var total = 0L;
        foreach (var topic in wanted)
            total += topic.Assignments.Count > 0 ? topic.Assignments.Count : topic.NumPartitions == -1 ? options.NumPartitions : Math.Max(0, topic.NumPartitions);
        return total <= PartitionsPerRequestMax;
    }

    /// <summary>A topic that Metadata creates because a client asked for it.</summary>
    internal (NewTopic? Topic, ErrorCode Error) CheckAutomatic(string name)
    {
        var (error, _) = CheckName(name);
        return error == ErrorCode.None ? (new NewTopic(name, options.NumPartitions), error) : (null, error);
    }

    /// <summary>The topic to be created, or why it cannot be.</summary>
    internal (NewTopic? Topic, ErrorCode Error, string? Message) Check(CreateTopicsRequest.CreatableTopic wanted)
    {
        var (error, message) = CheckName(wanted.Name);
        Dictionary<string, string> configs = new(StringComparer.Ordinal);
        if (error == ErrorCode.None)
            (error, message) = CheckConfigs(wanted.Configs, configs);
        if (error == ErrorCode.None)
            (error, message) = wanted.Assignments.Count > 0 ? CheckAssignments(wanted) : CheckCounts(wanted);
        if (error != ErrorCode.None)
            return (null, error, message);
        var count = wanted.Assignments.Count > 0 ? wanted.Assignments.Count : wanted.NumPartitions == -1 ? options.NumPartitions : wanted.NumPartitions;
        return (new NewTopic(wanted.Name, count, configs), ErrorCode.None, null);
    }

    private (ErrorCode Error, string? Message) CheckName(string name)
    {
        if (TopicName.Problem(name) is { } problem)
            return (ErrorCode.InvalidTopicException, problem);
        if (topics.TryGet(name, out _))
            return (ErrorCode.TopicAlreadyExists, TopicMessages.Exists(name));
        // Metric names write '.' as '_': two names that differ in these alone would share their metrics.
        if (topics.Current.Colliding(name) is { } other)
            return (ErrorCode.InvalidTopicException, TopicMessages.Collides(name, other.Name));
        return (ErrorCode.None, null);
    }

    private (ErrorCode Error, string? Message) CheckConfigs(
        List<CreateTopicsRequest.CreatableTopicConfig> wanted, Dictionary<string, string> configs)
    {
        foreach (var config in wanted)
        {
            if (config.Value is null)
                return (ErrorCode.InvalidConfig, $"Null value not supported for topic configs: {config.Name}");
            configs[config.Name] = config.Value;
        }
        return TopicConfigs.Problem(configs, resolver) is { } problem ? (ErrorCode.InvalidConfig, problem) : (ErrorCode.None, null);
    }

    private static (ErrorCode Error, string? Message) CheckCounts(CreateTopicsRequest.CreatableTopic wanted)
    {
        if (wanted.ReplicationFactor is < -1 or 0)
            return (ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.");
        if (wanted.NumPartitions is < -1 or 0)
            return (ErrorCode.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.");
        return wanted.ReplicationFactor > 1
            ? (ErrorCode.InvalidReplicationFactor, TopicMessages.TooFewBrokers(wanted.ReplicationFactor))
            : (ErrorCode.None, null);
    }

    private (ErrorCode Error, string? Message) CheckAssignments(CreateTopicsRequest.CreatableTopic wanted)
    {
        if (wanted.ReplicationFactor != -1)
            return (ErrorCode.InvalidRequest, "A manual partition assignment was specified, but replication factor was not set to -1.");
        if (wanted.NumPartitions != -1)
            return (ErrorCode.InvalidRequest, "A manual partition assignment was specified, but numPartitions was not set to -1.");
        HashSet<int> partitions = [];
        foreach (var assignment in wanted.Assignments)
        {
            if (!partitions.Add(assignment.PartitionIndex))
            {
                return (ErrorCode.InvalidReplicaAssignment, string.Create(
                    CultureInfo.InvariantCulture, $"Found multiple manual partition assignments for partition {assignment.PartitionIndex}"));
            }
            if (ReplicaAssignments.Problem(assignment.BrokerIds, options.NodeId) is { } problem)
                return (ErrorCode.InvalidReplicaAssignment, problem);
        }
        return partitions.Min() == 0 && partitions.Max() == partitions.Count - 1
            ? (ErrorCode.None, null)
            : (ErrorCode.InvalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence");
    }
}
