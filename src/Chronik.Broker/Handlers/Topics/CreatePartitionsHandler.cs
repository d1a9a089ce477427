using System.Globalization;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Topics;

/// <summary>CreatePartitions (37), versions 0-3: raises the partition count of topics. 2: flexible.</summary>
internal sealed class CreatePartitionsHandler(TopicRegistry topics, BrokerOptions options)
    : IRequestHandler<CreatePartitionsRequest, CreatePartitionsResponse>
{
    /// <inheritdoc/>
    public async ValueTask<CreatePartitionsResponse?> HandleAsync(RequestContext context, CreatePartitionsRequest request)
    {
        var response = new CreatePartitionsResponse();
        foreach (var group in request.Topics.GroupBy(t => t.Name, StringComparer.Ordinal))
        {
            var (error, message) = group.Count() > 1
                ? (ErrorCode.InvalidRequest, TopicMessages.DuplicateName)
                : await GrowAsync(group.First(), request.ValidateOnly);
            response.Results.Add(new() { Name = group.Key, ErrorCode = error, ErrorMessage = message });
        }
        return response;
    }

    private async Task<(ErrorCode Error, string? Message)> GrowAsync(CreatePartitionsRequest.CreatePartitionsTopic wanted, bool validateOnly)
    {
        if (!topics.TryGet(wanted.Name, out var topic))
            return (ErrorCode.UnknownTopicOrPartition, null);
        if (wanted.Count <= topic.PartitionCount)
            return (ErrorCode.InvalidPartitions, TopicMessages.NoIncrease(topic, wanted.Count));
        var added = wanted.Count - topic.PartitionCount;
        if (added > TopicCreation.PartitionsPerRequestMax)
            return (ErrorCode.PolicyViolation, TopicMessages.TooManyPartitions);
        if (wanted.Assignments is { } assignments)
        {
            if (assignments.Count != added)
            {
                return (ErrorCode.InvalidReplicaAssignment, string.Create(
                    CultureInfo.InvariantCulture,
                    $"Attempted to add {added} additional partition(s), but only {assignments.Count} assignment(s) were specified."));
            }
            foreach (var assignment in assignments)
            {
                if (ReplicaAssignments.Problem(assignment.BrokerIds, options.NodeId) is { } problem)
                    return (ErrorCode.InvalidReplicaAssignment, problem);
            }
        }
        if (validateOnly)
            return (ErrorCode.None, null);
        var result = await topics.AddPartitionsAsync(topic.Id, wanted.Count);
        return (result.Error, result.Message);
    }
}
