using System.Text.Json.Nodes;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>What a request names by what a broker answered before, or describes rather than spells out.</summary>
internal sealed class Placeholders
{
    private readonly TopicIds _topics = new();
    private readonly MemberIds _members = new();
    private readonly FetchSessions _sessions = new();

    /// <summary>Remembers the ids in an answer.</summary>
    internal void Learn(JsonNode answer)
    {
        _topics.Learn(answer);
        _members.Learn(answer);
        _sessions.Learn(answer);
    }

    /// <summary>The request as it is asked.</summary>
    internal string Fill(string request) => Batches.Fill(_sessions.Fill(_members.Fill(_topics.Fill(request))));
}
