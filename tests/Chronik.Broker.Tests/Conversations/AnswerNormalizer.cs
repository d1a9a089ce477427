using System.Text.Json.Nodes;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>Takes out of answers what must differ between two brokers: ids, addresses, sizes, texts of documentation, the order of sets.</summary>
internal static class AnswerNormalizer
{
    private const string NoId = "AAAAAAAAAAAAAAAAAAAAAA";
    private static readonly string[] SetKeys = ["topicName", "name", "resourceName", "partitionIndex", "groupId", "topicId", "producerEpoch"];

    internal static JsonNode Normalize(JsonNode answer)
    {
        var copy = answer.DeepClone();
        Visit(copy);
        return copy;
    }

    /// <summary>Says where <paramref name="actual"/> lacks or contradicts something of <paramref name="expected"/>, or null.</summary>
    internal static string? Difference(JsonNode? expected, JsonNode? actual, string path = "$")
    {
        switch (expected)
        {
            case JsonObject fields:
                if (actual is not JsonObject others)
                    return $"{path}: expected an object, got {Conversation.Text(actual)}";
                return fields
                    .Select(f => others.ContainsKey(f.Key) ? Difference(f.Value, others[f.Key], $"{path}.{f.Key}") : $"{path}.{f.Key} is missing")
                    .FirstOrDefault(d => d is not null);
            case JsonArray items:
                if (actual is not JsonArray otherItems || items.Count != otherItems.Count)
                    return $"{path}: expected {Conversation.Text(expected)}, got {Conversation.Text(actual)}";
                return items.Select((item, i) => Difference(item, otherItems[i], $"{path}[{i}]")).FirstOrDefault(d => d is not null);
            default:
                return JsonNode.DeepEquals(expected, actual) ? null : $"{path}: expected {Conversation.Text(expected)}, got {Conversation.Text(actual)}";
        }
    }

    private static void Visit(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            foreach (var (name, value) in fields.ToArray())
            {
                if (Replacement(name, value) is { } replacement)
                    fields[name] = replacement;
                else
                    Visit(value);
            }
            fields.Remove("unknownTaggedFields");
            RemoveTextsOfProduce(fields);
            if (fields["configs"] is JsonArray { Count: > 10 } configs)
                RemoveDefaults(configs);
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
                Visit(item);
            Sort(items);
        }
    }

    /// <summary>What a broker says of records that it refused is its own; the codes are Kafka's.</summary>
    private static void RemoveTextsOfProduce(JsonObject fields)
    {
        fields.Remove("batchIndexErrorMessage");
        if (fields.ContainsKey("recordErrors"))
            fields.Remove("errorMessage");
    }

    private static JsonNode? Replacement(string name, JsonNode? value) => name switch
    {
        "topicId" when value!.GetValue<string>() != NoId => "ID",
        "host" => "HOST",
        "port" => 9092,
        "clusterId" when value is not null && value.GetValue<string>().Length > 0 => "CLUSTER",
        "memberId" or "leader" when MemberIds.IsMade(value!.GetValue<string>()) => "MEMBER",
        "clientHost" when value!.GetValue<string>().Length > 0 => "HOST",
        "sessionId" when value!.GetValue<int>() > 0 => 1,
        "lastTimestamp" when value!.GetValue<long>() >= 0 => 1,
        "producerId" when value!.GetValue<long>() >= 0 => 1,
        "documentation" when value is not null => "DOC",
        "logDir" => "DIR",
        "leaderEpoch" when value!.GetValue<int>() > 0 => 0,
        "totalBytes" or "usableBytes" => -1,
        _ => null,
    };

    /// <summary>Of a topic's 33 settings, what is told are those that are not Kafka's default; one test compares all of them.</summary>
    private static void RemoveDefaults(JsonArray configs)
    {
        foreach (var config in configs.ToArray())
        {
            // Kafka's controller sets min.insync.replicas=1 for all brokers as part of KIP-966.
            var source = config!["configSource"]!.GetValue<int>();
            if (source == 5 || (source == 3 && config["name"]!.GetValue<string>() == "min.insync.replicas"))
                configs.Remove(config);
        }
    }

    private static void Sort(JsonArray items)
    {
        // Fetch answers in the order that was asked for.
        if (items.Any(item => item is JsonObject fields && fields.ContainsKey("topic") && fields.ContainsKey("partitions")))
            return;
        if (items.Count < 2 || Array.Find(SetKeys, key => IsKey(items, key)) is not { } key)
            return;
        var sorted = items.OrderBy(i => Conversation.Text(i![key]).PadLeft(12), StringComparer.Ordinal).ThenBy(Conversation.Text, StringComparer.Ordinal).ToArray();
        items.Clear();
        foreach (var item in sorted)
            items.Add(item);
    }

    // Messages that name topics by id have an empty name here, and none in Kafka's answers.
    private static bool IsKey(JsonArray items, string key) =>
        items.All(item => item is JsonObject) && items.Any(item => item![key] is JsonValue value && value.ToString().Length > 0);
}
