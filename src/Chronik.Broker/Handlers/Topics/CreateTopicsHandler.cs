using Chronik.Broker.Configs;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Topics;

/// <summary>
/// CreateTopics (19), versions 0-7. 1: validate only, error messages; 4: -1 is the broker's default count;
/// 5: flexible, the configs in force are returned; 7: topic ids.
/// </summary>
internal sealed class CreateTopicsHandler(TopicRegistry topics, TopicCreation creation, TopicConfigResolver resolver)
    : IRequestHandler<CreateTopicsRequest, CreateTopicsResponse>
{
    /// <inheritdoc/>
    public async ValueTask<CreateTopicsResponse?> HandleAsync(RequestContext context, CreateTopicsRequest request)
    {
        var response = new CreateTopicsResponse();
        var named = request.Topics.GroupBy(t => t.Name, StringComparer.Ordinal).ToArray();
        var unique = named.Where(g => g.Count() == 1).Select(g => g.First()).ToArray();
        if (!creation.IsWithinLimits(unique))
        {
            foreach (var topic in unique)
                response.Topics.Add(Failed(topic.Name, ErrorCode.PolicyViolation, TopicMessages.TooManyPartitions));
        }
        else
        {
            await CreateAsync(unique, request.ValidateOnly, response.Topics);
        }
        foreach (var duplicate in named.Where(g => g.Count() > 1))
            response.Topics.Add(Failed(duplicate.Key, ErrorCode.InvalidRequest, TopicMessages.DuplicateName));
        return response;
    }

    private async Task CreateAsync(
        CreateTopicsRequest.CreatableTopic[] wanted, bool validateOnly, List<CreateTopicsResponse.CreatableTopicResult> results)
    {
        List<NewTopic> good = [];
        // All are checked before any is created: as in Kafka, names of one request do not collide with each other.
        foreach (var topic in wanted)
        {
            var (checkedTopic, error, message) = creation.Check(topic);
            if (checkedTopic is null)
                results.Add(Failed(topic.Name, error, message));
            else
                good.Add(checkedTopic);
        }
        if (validateOnly)
        {
            results.AddRange(good.Select(topic => Created(topic, TopicId.None)));
            return;
        }
        var created = await topics.CreateAsync(good);
        for (var i = 0; i < good.Count; i++)
            results.Add(created[i].IsDone ? Created(good[i], created[i].Topic!.Id) : Failed(good[i].Name, created[i].Error, created[i].Message));
    }

    private static CreateTopicsResponse.CreatableTopicResult Failed(string name, ErrorCode error, string? message) =>
        new() { Name = name, ErrorCode = error, ErrorMessage = message, Configs = [] };

    private CreateTopicsResponse.CreatableTopicResult Created(NewTopic topic, TopicId id)
    {
        var result = new CreateTopicsResponse.CreatableTopicResult
        {
            Name = topic.Name,
            TopicId = id.Value,
            ErrorMessage = null,
            NumPartitions = topic.PartitionCount,
            ReplicationFactor = 1,
            Configs = new(TopicConfigs.All.Count),
        };
        foreach (var definition in TopicConfigs.All)
        {
            var (value, source) = resolver.Resolve(definition, topic.Configs);
            result.Configs.Add(new() { Name = definition.Name, Value = value, ConfigSource = (sbyte)source });
        }
        return result;
    }
}
