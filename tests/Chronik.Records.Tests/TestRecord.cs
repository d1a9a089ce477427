using System.Text.Json.Nodes;

namespace Chronik.Records.Tests;

/// <summary>A record as plain data, to compare what different codecs read and write.</summary>
internal sealed record TestRecord(long Offset, long Timestamp, byte[]? Key, byte[]? Value, params (string Key, byte[]? Value)[] Headers)
{
    public static TestRecord From(RecordView record)
    {
        var headers = new List<(string, byte[]?)>();
        foreach (var header in record.Headers)
        {
            var copy = header.ToHeader();
            headers.Add((copy.Key, copy.Value?.ToArray()));
        }

        return new TestRecord(
            record.Offset, record.Timestamp, record.IsKeyNull ? null : record.Key.ToArray(), record.IsValueNull ? null : record.Value.ToArray(), [.. headers]);
    }

    public static TestRecord From(LegacyRecord record) => new(
        record.Offset, record.Timestamp, record.IsKeyNull ? null : record.Key.ToArray(), record.IsValueNull ? null : record.Value.ToArray());

    public static List<TestRecord> ReadBatch(ReadOnlySpan<byte> batch)
    {
        var records = new List<TestRecord>();
        using var reader = new RecordBatchReader(new RecordBatchView(batch));
        while (reader.MoveNext())
            records.Add(From(reader.Current));
        return records;
    }

    public static List<TestRecord> ReadMessageSet(ReadOnlySpan<byte> set)
    {
        var records = new List<TestRecord>();
        using var reader = new MessageSetReader(set);
        while (reader.MoveNext())
            records.Add(From(reader.Current));
        return records;
    }

    public void AddTo(RecordBatchBuilder builder) => builder.Add(
        Offset, Timestamp, Memory(Key), Memory(Value), [.. Headers.Select(header => new RecordHeader(header.Key, Memory(header.Value)))]);

    /// <summary>As the oracle takes and gives it.</summary>
    public JsonObject ToJson()
    {
        var headers = new JsonArray([.. Headers.Select(header => new JsonObject { ["key"] = header.Key, ["value"] = Hex(header.Value) })]);
        return new JsonObject { ["offset"] = Offset, ["timestamp"] = Timestamp, ["key"] = Hex(Key), ["value"] = Hex(Value), ["headers"] = headers };
    }

    /// <summary>One line that says all of it: what tests compare.</summary>
    public override string ToString() =>
        $"{Offset}@{Timestamp} {Hex(Key) ?? "null"}={Hex(Value) ?? "null"} [{string.Join(", ", Headers.Select(header => $"{header.Key}={Hex(header.Value) ?? "null"}"))}]";

    private static ReadOnlyMemory<byte>? Memory(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes;

    private static string? Hex(byte[]? bytes) => bytes is null ? null : Convert.ToHexStringLower(bytes);
}
