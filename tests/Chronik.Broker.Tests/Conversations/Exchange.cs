using System.Text.Json.Nodes;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>One request with Kafka's answer, and Chronik's where it is another on purpose.</summary>
/// <param name="Line">Where it stands in its file.</param>
/// <param name="ApiKey">The API.</param>
/// <param name="Version">The version of request and answer.</param>
/// <param name="Request">The request's body; "@id:NAME" stands for the id of a topic that was in an earlier answer.</param>
/// <param name="Kafka">What Apache Kafka 4.3.1 answers, normalized; null where nobody asked yet.</param>
/// <param name="Chronik">What Chronik answers, normalized, where it differs.</param>
internal sealed record Exchange(int Line, short ApiKey, short Version, string Request, JsonNode? Kafka, JsonNode? Chronik)
{
    /// <summary>Whether asking again changes nothing: Kafka's brokers hear of changes a moment after they are answered.</summary>
    internal bool IsRead => ApiKey is 2 or 9 or 10 or 15 or 16 or 22 or 23 or 32 or 35 or 60 or 74 or 75 || (ApiKey == 3 && Request.Contains("\"allowAutoTopicCreation\":false", StringComparison.Ordinal));
}
