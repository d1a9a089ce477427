using System.Text;
using Chronik.Client;
using Chronik.Records;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Records;

/// <summary>Between records and what stands on a line.</summary>
internal static class RecordText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A record as JSON has it.</summary>
    public static RecordRow Row(ConsumedRecord record) => new(
        record.Topic,
        record.Partition.Partition,
        record.Offset,
        record.Timestamp,
        Utf8(record.Key),
        Base64(record.Key),
        Utf8(record.Value),
        Base64(record.Value),
        record.Headers.Count == 0 ? null : [.. record.Headers.Select(header => new RecordHeaderRow(header.Key, Utf8(header.Value), Base64(header.Value)))]);

    /// <summary>A record as a person reads it.</summary>
    public static string Line(ConsumedRecord record)
    {
        var line = new StringBuilder();
        line.Append(record.Partition).Append('@').Append(record.Offset);
        if (record.Timestamp is { } time)
            line.Append("  ").Append(time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture));
        if (record.Key is { } key)
            line.Append("  ").Append(Shown(key)).Append(" =");
        line.Append("  ").Append(record.Value is { } value ? Shown(value) : "(null)");
        foreach (var header in record.Headers)
            line.Append("  [").Append(header.Key).Append(": ").Append(header.Value is { } text ? Shown(text) : "(null)").Append(']');
        return line.ToString();
    }

    /// <summary>A record to be produced, as <c>consume -o json</c> wrote it: its place is chosen anew, but for the partition.</summary>
    public static ProducerRecord Record(RecordRow row, string topic) => new()
    {
        Topic = topic,
        Partition = row.Partition,
        Timestamp = row.Timestamp,
        Key = Bytes(row.Key, row.KeyBase64),
        Value = Bytes(row.Value, row.ValueBase64),
        Headers = [.. (row.Headers ?? []).Select(header => new RecordHeader(header.Name, Bytes(header.Value, header.ValueBase64)))],
    };

    private static string Shown(ReadOnlyMemory<byte> bytes) => Utf8(bytes) ?? $"base64:{Base64(bytes)}";

    private static string? Utf8(ReadOnlyMemory<byte>? bytes)
    {
        try
        {
            return bytes is { } given ? Strict.GetString(given.Span) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string? Base64(ReadOnlyMemory<byte>? bytes) =>
        bytes is { } given && Utf8(given) is null ? Convert.ToBase64String(given.Span) : null;

    private static ReadOnlyMemory<byte>? Bytes(string? text, string? base64)
    {
        if (text is not null)
            return Encoding.UTF8.GetBytes(text);
        if (base64 is null)
            return null;
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw new CommandException($"'{base64}' is not base64.", ExitCode.Misused);
        }
    }
}
