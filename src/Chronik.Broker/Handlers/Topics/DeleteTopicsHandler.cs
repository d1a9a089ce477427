using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Topics;

/// <summary>DeleteTopics (20), versions 0-6. 4: flexible; 5: error messages; 6: by topic id.</summary>
internal sealed class DeleteTopicsHandler(TopicRegistry topics, BrokerOptions options)
    : IRequestHandler<DeleteTopicsRequest, DeleteTopicsResponse>
{
    private const string NeitherNameNorId = "Neither topic name nor id were specified.";

    /// <inheritdoc/>
    public async ValueTask<DeleteTopicsResponse?> HandleAsync(RequestContext context, DeleteTopicsRequest request)
    {
        var response = new DeleteTopicsResponse();
        var asked = context.ApiVersion >= 6
            ? request.Topics.ConvertAll(t => (t.Name, Id: new TopicId(t.TopicId)))
            : request.TopicNames.ConvertAll(name => ((string?)name, TopicId.None));
        if (!options.DeleteTopicEnable)
        {
            // Older clients do not know TOPIC_DELETION_DISABLED.
            var error = context.ApiVersion < 3 ? ErrorCode.InvalidRequest : ErrorCode.TopicDeletionDisabled;
            response.Responses = asked.ConvertAll(a => Result(a.Item1, a.Item2, error, "Topic deletion is disabled."));
            return response;
        }
        var byId = asked.Where(a => a.Item1 is null).Select(a => a.Item2).ToHashSet();
        foreach (var group in asked.GroupBy(a => a).OrderBy(g => g.Key.Item1 is null))
        {
            var (name, id) = group.Key;
            if (name is not null && topics.TryGet(name, out var topic) && byId.Remove(topic.Id))
                response.Responses.Add(Result(name, topic.Id, ErrorCode.InvalidRequest, "The provided topic name maps to an ID that was already supplied."));
            else if (name is null && id == TopicId.None)
                response.Responses.AddRange(Enumerable.Repeat(Result(null, id, ErrorCode.InvalidRequest, NeitherNameNorId), group.Count()));
            else if (name is not null || byId.Contains(id))
                response.Responses.Add(await DeleteAsync(name, id, group.Count()));
        }
        return response;
    }

    private async Task<DeleteTopicsResponse.DeletableTopicResult> DeleteAsync(string? name, TopicId id, int times)
    {
        if (name is not null && id != TopicId.None)
            return Result(name, id, ErrorCode.InvalidRequest, "You may not specify both topic name and topic id.");
        if (times > 1)
            return Result(name, id, ErrorCode.InvalidRequest, name is null ? "Duplicate topic id." : TopicMessages.DuplicateName);
        if (name is not null)
        {
            if (!topics.TryGet(name, out var named))
                return Result(name, id, ErrorCode.UnknownTopicOrPartition, TopicMessages.UnknownTopicOrPartition);
            id = named.Id;
        }
        var result = await topics.DeleteAsync(id);
        return Result(result.Topic?.Name ?? name, id, result.Error, result.Message);
    }

    private static DeleteTopicsResponse.DeletableTopicResult Result(string? name, TopicId id, ErrorCode error, string? message) =>
        new() { Name = name, TopicId = id.Value, ErrorCode = error, ErrorMessage = message };
}
