using System.Text.Json;
using Confluent.Kafka;

namespace Chronik.Compat.DotnetClient;

/// <summary>Records as lines of JSON, the form in which all compatibility clients take and give them.</summary>
internal static class RecordLine
{
    public static (string Topic, string Compression, Message<byte[]?, byte[]?> Message) Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var record = document.RootElement;
        var message = new Message<byte[]?, byte[]?>
        {
            Key = Bytes(record.GetProperty("key")),
            Value = Bytes(record.GetProperty("value")),
            Headers = [],
        };
        foreach (var header in record.GetProperty("headers").EnumerateArray())
            message.Headers.Add(header[0].GetString(), Bytes(header[1]));
        if (record.GetProperty("timestamp") is { ValueKind: JsonValueKind.Number } timestamp)
            message.Timestamp = new Timestamp(timestamp.GetInt64(), TimestampType.CreateTime);
        return (record.GetProperty("topic").GetString()!, record.GetProperty("compression").GetString()!, message);
    }

    public static string Format(ConsumeResult<byte[]?, byte[]?> result) => JsonSerializer.Serialize(new
    {
        topic = result.Topic,
        key = result.Message.Key,
        value = result.Message.Value,
        headers = result.Message.Headers.Select(header => new object?[] { header.Key, header.GetValueBytes() }),
        timestamp = result.Message.Timestamp.UnixTimestampMs,
    });

    private static byte[]? Bytes(JsonElement text) =>
        text.ValueKind == JsonValueKind.Null ? null : text.GetBytesFromBase64();
}
