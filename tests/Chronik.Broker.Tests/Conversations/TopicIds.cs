using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>The ids that a broker gave its topics, for requests that name topics by id.</summary>
internal sealed partial class TopicIds
{
    private const string NoId = "AAAAAAAAAAAAAAAAAAAAAA";
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    /// <summary>Remembers the ids in an answer.</summary>
    internal void Learn(JsonNode? answer)
    {
        if (answer is JsonObject fields)
        {
            if (fields["name"] is JsonValue name && fields["topicId"] is JsonValue id && id.GetValue<string>() != NoId)
                _ids[name.GetValue<string>()] = id.GetValue<string>();
            foreach (var (_, value) in fields)
                Learn(value);
        }
        else if (answer is JsonArray items)
        {
            foreach (var item in items)
                Learn(item);
        }
    }

    /// <summary>Puts ids in the place of "@id:NAME".</summary>
    internal string Fill(string request) => Placeholder().Replace(request, m => _ids[m.Groups[1].Value]);

    [GeneratedRegex("@id:([A-Za-z0-9._-]+)")]
    private static partial Regex Placeholder();
}
