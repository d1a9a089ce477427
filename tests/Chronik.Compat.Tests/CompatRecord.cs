using System.Text.Json;

namespace Chronik.Compat.Tests;

/// <summary>A record as the client programs take and give it: a line of JSON, bytes in base64.</summary>
/// <param name="Topic">Its topic; the partition is always 0.</param>
/// <param name="Key">Null for none.</param>
/// <param name="Value">Null for a tombstone.</param>
/// <param name="Headers">In their order; names may repeat.</param>
/// <param name="Timestamp">Milliseconds since 1970; null where the producing client cannot set it.</param>
public sealed record CompatRecord(string Topic, byte[]? Key, byte[]? Value, IReadOnlyList<KeyValuePair<string, byte[]?>> Headers, long? Timestamp)
{
    public static CompatRecord Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var record = document.RootElement;
        return new CompatRecord(
            record.GetProperty("topic").GetString()!,
            Bytes(record.GetProperty("key")),
            Bytes(record.GetProperty("value")),
            [.. record.GetProperty("headers").EnumerateArray().Select(header => KeyValuePair.Create(header[0].GetString()!, Bytes(header[1])))],
            record.GetProperty("timestamp").ValueKind == JsonValueKind.Null ? null : record.GetProperty("timestamp").GetInt64());
    }

    public string ToLine(string compression) => JsonSerializer.Serialize(new
    {
        topic = Topic,
        compression,
        key = Key,
        value = Value,
        headers = Headers.Select(header => new object?[] { header.Key, header.Value }),
        timestamp = Timestamp,
    });

    /// <summary>Everything but the topic as text that can be compared and read; long bytes are cut behind their hash.</summary>
    public string Describe(bool withTimestamp) =>
        $"key {Show(Key)} value {Show(Value)} headers [{string.Join(", ", Headers.Select(header => $"{header.Key}={Show(header.Value)}"))}]"
        + (withTimestamp ? $" at {Timestamp}" : "");

    private static string Show(byte[]? data) => data switch
    {
        null => "null",
        { Length: > 40 } => $"{data.Length} bytes {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(data))[..16]}",
        _ => Convert.ToHexString(data),
    };

    private static byte[]? Bytes(JsonElement text) => text.ValueKind == JsonValueKind.Null ? null : text.GetBytesFromBase64();
}
