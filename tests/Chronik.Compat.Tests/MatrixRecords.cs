using System.Text;

namespace Chronik.Compat.Tests;

/// <summary>The records that each client writes in each compression: few, but one of each kind that was ever lost on the way.</summary>
public static class MatrixRecords
{
    private const int Many = 20;

    public static IReadOnlyList<CompatRecord> For(CompatClient client, string topic, long nowMs)
    {
        var records = new List<CompatRecord>
        {
            new(topic, "key"u8.ToArray(), "value"u8.ToArray(), [], nowMs),
            new(topic, null, "no key"u8.ToArray(), [], nowMs - 1),
            new(topic, "tombstone"u8.ToArray(), null, [], nowMs - 86_400_000),
            new(topic, "empty"u8.ToArray(), [], [], nowMs + 1_000),
            new(topic, "ключ"u8.ToArray(), Bytes(2_000), [Header("name", "wért"), Header("twice", "1"), Header("twice", "2"), Header("empty", "")], nowMs),
            new(topic, "large"u8.ToArray(), Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("compress me. ", 10_000))), [], nowMs),
        };
        if (client.SetsNullHeaders)
            records.Add(new(topic, "null header"u8.ToArray(), "value"u8.ToArray(), [new("none", null), Header("some", "1")], nowMs));
        for (var number = 0; number < Many; number++)
            records.Add(new(topic, Encoding.ASCII.GetBytes($"key {number}"), Encoding.ASCII.GetBytes($"value {number}"), [], nowMs + number));
        return [.. records.Select(record => record with
        {
            Timestamp = client.SetsTimestamps && client.HasTimestamps ? record.Timestamp : null,
            Headers = client.HasHeaders ? record.Headers : [],
        })];
    }

    private static KeyValuePair<string, byte[]?> Header(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(number => (byte)(number * 7))];
}
