using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>The ids that a broker gave fetch sessions, in their order.</summary>
internal sealed partial class FetchSessions
{
    private readonly List<int> _ids = [];

    /// <summary>Remembers the id in an answer to Fetch.</summary>
    internal void Learn(JsonNode? answer)
    {
        if (answer is JsonObject fields && fields["sessionId"] is JsonValue value && value.GetValue<int>() is var id && id != 0 && !_ids.Contains(id))
            _ids.Add(id);
    }

    /// <summary>Puts ids in the place of "@session:1".</summary>
    internal string Fill(string request) => Placeholder().Replace(
        request, m => _ids[int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) - 1].ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex("\"@session:([0-9]+)\"")]
    private static partial Regex Placeholder();
}
