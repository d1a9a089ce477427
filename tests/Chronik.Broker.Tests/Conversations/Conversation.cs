using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>
/// A file of requests and answers, asked one after another of a new broker. Lines: <c># text</c>;
/// <c>&gt; key version request</c>; <c>&lt; answer of Apache Kafka</c>; <c>= answer of Chronik</c> where it differs, after a
/// line <c># why</c>.
/// </summary>
internal sealed class Conversation
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly List<string> _lines;

    private Conversation(List<string> lines, List<Exchange> exchanges)
    {
        _lines = lines;
        Exchanges = exchanges;
    }

    internal IReadOnlyList<Exchange> Exchanges { get; }

    internal static Conversation Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Conversations", name + ".conversation")).ToList();
        List<Exchange> exchanges = [];
        for (var i = 0; i < lines.Count; i++)
        {
            var text = lines[i];
            if (text.StartsWith("> ", StringComparison.Ordinal))
            {
                var parts = text[2..].Split(' ', 3);
                exchanges.Add(new Exchange(
                    i + 1, short.Parse(parts[0], CultureInfo.InvariantCulture), short.Parse(parts[1], CultureInfo.InvariantCulture), parts[2], null, null));
            }
            else if (text.StartsWith("< ", StringComparison.Ordinal))
            {
                exchanges[^1] = exchanges[^1] with { Kafka = JsonNode.Parse(text[2..]) };
            }
            else if (text.StartsWith("= ", StringComparison.Ordinal))
            {
                exchanges[^1] = exchanges[^1] with { Chronik = JsonNode.Parse(text[2..]) };
            }
            else if (text.Length > 0 && text[0] != '#')
            {
                throw new InvalidDataException($"{name}.conversation, line {i + 1}: {text}");
            }
        }
        return new Conversation(lines, exchanges);
    }

    internal static string Text(JsonNode? node) => node?.ToJsonString(Plain) ?? "null";

    /// <summary>The file with these answers of Kafka in place of its own.</summary>
    internal string With(IReadOnlyDictionary<Exchange, JsonNode> answers)
    {
        List<string> lines = [];
        var next = 0;
        foreach (var line in _lines)
        {
            if (line.StartsWith("< ", StringComparison.Ordinal))
                continue;
            lines.Add(line);
            if (line.StartsWith("> ", StringComparison.Ordinal))
                lines.Add("< " + Text(answers[Exchanges[next++]]));
        }
        return string.Join('\n', lines) + "\n";
    }
}
