using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>A real client behind one of the programs in tests/compat.</summary>
public sealed record CompatClient(string Name)
{
    private static readonly string[] EveryCodec = ["none", "gzip", "snappy", "lz4", "zstd"];

    /// <summary>What starts it: the program and its first arguments. Skips the test where it is missing.</summary>
    public required Func<(string Program, string[] Arguments)> Command { get; init; }

    /// <summary>Variables for it.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The compressions it writes.</summary>
    public IReadOnlyList<string> Writes { get; init; } = EveryCodec;

    /// <summary>The compressions it reads, whoever wrote them.</summary>
    public IReadOnlyList<string> Reads { get; init; } = EveryCodec;

    /// <summary>False where it cannot give a record a time.</summary>
    public bool SetsTimestamps { get; init; } = true;

    /// <summary>False where a header must have a value.</summary>
    public bool SetsNullHeaders { get; init; } = true;

    /// <summary>False where the format it speaks has no headers.</summary>
    public bool HasHeaders { get; init; } = true;

    /// <summary>False where the format it speaks has no timestamps.</summary>
    public bool HasTimestamps { get; init; } = true;

    /// <summary>Produces records, all in the same compression.</summary>
    public Task ProduceAsync(string bootstrap, IEnumerable<(string Compression, CompatRecord Record)> records) =>
        RunAsync(["produce", bootstrap], string.Concat(records.Select(record => record.Record.ToLine(record.Compression) + "\n")));

    /// <summary>Consumes that many records of each topic, from the beginning.</summary>
    public async Task<IReadOnlyList<CompatRecord>> ConsumeAsync(string bootstrap, IReadOnlyDictionary<string, int> counts)
    {
        var result = await RunAsync(["consume", bootstrap, .. counts.Select(topic => $"{topic.Key}:{topic.Value}")], null);
        return [.. result.Lines.Select(CompatRecord.Parse)];
    }

    public override string ToString() => Name;

    private async Task<CommandResult> RunAsync(string[] arguments, string? input)
    {
        var (program, first) = Command();
        var result = await CommandRunner.RunAsync(program, [.. first, .. arguments], input, TimeSpan.FromSeconds(60), environment: Environment);
        return result.Succeeded();
    }
}
