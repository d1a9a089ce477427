using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>The ids that a broker gave members of groups, in their order.</summary>
internal sealed partial class MemberIds
{
    private readonly List<string> _ids = [];

    /// <summary>Whether this is an id as brokers make them: what the client calls itself, and a random number.</summary>
    internal static bool IsMade(string text) => Made().IsMatch(text);

    /// <summary>Remembers the id in an answer to JoinGroup.</summary>
    internal void Learn(JsonNode? answer)
    {
        if (answer is JsonObject fields && fields["memberId"] is JsonValue value && value.GetValue<string>() is var id && IsMade(id) && !_ids.Contains(id))
            _ids.Add(id);
    }

    /// <summary>Puts ids in the place of "@member:1".</summary>
    internal string Fill(string request) => Placeholder().Replace(request, m => _ids[int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) - 1]);

    [GeneratedRegex("@member:([0-9]+)")]
    private static partial Regex Placeholder();

    [GeneratedRegex("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    private static partial Regex Made();
}
