using System.CommandLine;
using System.Text;
using System.Text.Json;
using Chronik.Client;
using Chronik.Records;
using Chronik.Server.Administration;
using Chronik.Server.Output;
using Chronik.Storage.IO;

namespace Chronik.Server.Commands.Records;

/// <summary><c>produce</c>.</summary>
internal sealed class ProduceCommand
{
    private readonly Argument<string> _topic = new("topic") { Description = "The topic." };
    private readonly Argument<string?> _value = new("value") { Description = "The record's value. Without it each line of standard input is a record.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _key = new("--key", "-k") { Description = "The key of all records." };
    private readonly Option<string?> _separator = new("--key-separator", "-K") { Description = "What stands between key and value on each line.", HelpName = "TEXT" };
    private readonly Option<string[]> _headers = new("--header", "-H") { Description = "A header of all records; may be given several times.", HelpName = "NAME=VALUE" };
    private readonly Option<int?> _partition = new("--partition", "-p") { Description = "The partition. Default: by the key, as Java's producer does.", HelpName = "INDEX" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "A file to read instead of standard input.", HelpName = "FILE" };
    private readonly Option<bool> _whole = new("--whole") { Description = "The whole input is one record, not each line." };
    private readonly Option<bool> _tombstone = new("--null") { Description = "Produce one record without a value, which deletes the key of a compacted topic." };
    private readonly Option<bool> _json = new("--json") { Description = "Each line is a record as `consume -o json` writes it." };
    private readonly Option<CompressionCodec> _compression = new("--compression", "-z") { Description = "none, gzip, snappy, lz4 or zstd.", HelpName = "CODEC", DefaultValueFactory = _ => CompressionCodec.None };

    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "produce",
            "Write records to a topic.",
            "chronik-server produce orders 'hello'",
            "chronik-server produce orders 'two parcels' --key 7 --header source=shop",
            "seq 1000 | chronik-server produce orders",
            "printf 'k1:v1\\nk2:v2\\n' | chronik-server produce orders -K :",
            "chronik-server produce orders --file photo.jpg --whole",
            "chronik-server consume old -o json | chronik-server produce new --json");
        new ProduceCommand().AddTo(command, context);
        return command;
    }

    private void AddTo(Command command, CommandContext context)
    {
        command.Add(_topic);
        command.Add(_value);
        Option[] options = [_key, _separator, _headers, _partition, _file, _whole, _tombstone, _json, _compression];
        foreach (var option in options)
            command.Add(option);
        command.Runs(context, RunAsync);
    }

    private async Task RunAsync(ClusterCommand.Call call, CancellationToken cancellation)
    {
        var tally = new ProducedTally();
        await using (var producer = new Producer(call.Client, new ProducerOptions
        {
            Compression = call.Result.GetValue(_compression),
            Linger = TimeSpan.FromMilliseconds(5),
        }))
        {
            await foreach (var record in RecordsAsync(call, cancellation))
                await tally.AddAsync(await producer.EnqueueAsync(record, cancellation));
            await producer.FlushAsync();
            await tally.FinishAsync();
        }

        if (call.IsJson)
            Json.Write(call.Context.Output, tally.Rows(), JsonShapes.Default.ListProducedRow);
        else
            foreach (var row in tally.Rows())
                call.Context.Output.WriteLine($"{row.Topic}-{row.Partition}: {Words.Count(row.Records, "record")}{Place(row)}");
    }

    private static string Place(ProducedRow row) =>
        row.FirstOffset < 0 ? "" : row.FirstOffset == row.LastOffset ? $" at offset {row.FirstOffset}" : $" at offsets {row.FirstOffset} to {row.LastOffset}";

    private async IAsyncEnumerable<ProducerRecord> RecordsAsync(
        ClusterCommand.Call call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var result = call.Result;
        var template = new ProducerRecord
        {
            Topic = result.GetRequiredValue(_topic),
            Partition = result.GetValue(_partition),
            Key = result.GetValue(_key) is { } key ? (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(key) : null,
            Headers = [.. (result.GetValue(_headers) ?? []).Select(Header)],
        };
        if (result.GetValue(_value) is { } value)
        {
            yield return template with { Value = Encoding.UTF8.GetBytes(value) };
            yield break;
        }

        if (result.GetValue(_tombstone))
        {
            yield return template;
            yield break;
        }

        var separator = result.GetValue(_separator) is { Length: > 0 } given ? Encoding.UTF8.GetBytes(given) : null;
        await using var input = Open(call);
        var pieces = result.GetValue(_whole) ? LineReader.ReadWholeAsync(input, cancellation) : LineReader.ReadAsync(input, cancellation);
        await foreach (var piece in pieces)
            yield return result.GetValue(_json) ? Parse(piece, template.Topic) : Split(template, piece, separator);
    }

    private Stream Open(ClusterCommand.Call call)
    {
        if (call.Result.GetValue(_file) is not { } path)
        {
            if (!Console.IsInputRedirected)
                call.Context.Error.WriteLine("Each line becomes a record; Ctrl-D ends.");
            return call.Context.Input();
        }

        return call.Context.Files.FileExists(path)
            ? new FileReadStream(call.Context.Files.Open(path, FileOpenKind.Read))
            : throw new CommandException($"--file {path} does not exist.", ExitCode.Misused);
    }

    private static RecordHeader Header(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? new RecordHeader(text[..at], Encoding.UTF8.GetBytes(text[(at + 1)..]))
            : throw new CommandException($"--header {text} names no value: write for example --header source=shop.", ExitCode.Misused);
    }

    private static ProducerRecord Split(ProducerRecord template, byte[] line, byte[]? separator)
    {
        if (separator is null)
            return template with { Value = line };
        var at = line.AsSpan().IndexOf(separator);
        return at < 0
            ? throw new CommandException($"A line has no '{Encoding.UTF8.GetString(separator)}' between key and value: {Encoding.UTF8.GetString(line)}", ExitCode.Misused)
            : template with { Key = line.AsMemory(0, at), Value = line.AsMemory(at + separator.Length) };
    }

    private static ProducerRecord Parse(byte[] line, string topic)
    {
        try
        {
            return RecordText.Record(JsonSerializer.Deserialize(line, RecordShapes.Default.RecordRow)!, topic);
        }
        catch (JsonException e)
        {
            throw new CommandException($"A line is not a record as `consume -o json` writes it: {e.Message}", ExitCode.Misused);
        }
    }
}
