using System.CommandLine;
using System.Globalization;
using Chronik.Server.Administration;
using Chronik.Server.Output;
using Chronik.Storage.Verification;

namespace Chronik.Server.Commands.Logs;

/// <summary><c>log verify</c>: reads everything and says what is not as it was written.</summary>
internal sealed class LogVerifyCommand
{
    private readonly Argument<string[]> _names = LogCommands.Names();
    private readonly Option<bool> _notes = new("--notes") { Description = "Also list what a crash or another program left and does no harm." };
    private readonly Option<bool> _deep = new("--deep") { Description = "Also parse every record, decompressed where it is compressed." };

    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "verify",
            "Read every batch and index of a data folder and say what is damaged. Exit code 0: nothing, 1: something, 2: it could not run.",
            "chronik-server log verify                                 # the folder that `start` would serve",
            "chronik-server log verify --data-dir /var/lib/chronik --deep",
            "chronik-server log verify orders payments-3               # a topic, and one partition of another",
            "chronik-server log verify --data-dir /tmp/kafka-logs -o json");
        new LogVerifyCommand().AddTo(command, context);
        return command;
    }

    private void AddTo(Command command, CommandContext context)
    {
        command.Add(_names);
        command.Add(_deep);
        command.Add(_notes);
        var folder = DataFolder.AddTo(command);
        var format = FormatOption.AddTo(command);
        LogCommands.Run(command, (result, cancellation) => RunAsync(folder.Find(result, context), result, result.GetValue(format), context, cancellation));
    }

    private async Task<int> RunAsync(string directory, ParseResult result, OutputFormat format, CommandContext context, CancellationToken cancellation)
    {
        using var held = TryLock(directory, context, out var isLive);
        var started = context.Time.GetTimestamp();
        var progress = new VerificationProgress();
        var verifying = StoreVerifier.VerifyAsync(
            new VerificationOptions
            {
                DataDirectory = directory,
                Files = context.Files,
                Scheduler = TaskScheduler.Default,
                Names = result.GetValue(_names) ?? [],
                IsDeep = result.GetValue(_deep),
                IsLive = isLive,
                Progress = progress,
            },
            cancellation);
        await ProgressLine.ShowAsync(verifying, progress, context);
        var report = await verifying;
        var seconds = context.Time.GetElapsedTime(started).TotalSeconds;
        if (format == OutputFormat.Json)
            Json.Write(context.Output, Shape(directory, isLive, report, seconds), JsonShapes.Default.VerifyReport);
        else
            Print(directory, isLive, report, result.GetValue(_notes), seconds, context);
        return report.HasDamage ? ExitCode.Failed : ExitCode.Done;
    }

    // Nothing is written, also no lock file: where none is, no server has ever run, or it was another's folder.
    private static IDisposable? TryLock(string directory, CommandContext context, out bool isLive)
    {
        isLive = false;
        var path = $"{directory}/{DataFolder.LockFile}";
        if (!context.Files.FileExists(path))
            return null;
        try
        {
            var held = context.Files.TryLock(path);
            isLive = held is null;
            return held;
        }
        catch (UnauthorizedAccessException)
        {
            // To be read only: whether a server has it open cannot be told, so do as if.
            isLive = true;
            return null;
        }
    }

    private static VerifyReport Shape(string directory, bool isLive, VerificationReport report, double seconds) => new(
        directory, isLive, report.WasClosedCleanly, report.Read.Partitions, report.Read.Segments, report.Read.Batches, report.Read.Bytes,
        Math.Round(seconds, 3), report.HasDamage, [.. report.Findings.Select(FindingRow.Of)]);

    private static void Print(string directory, bool isLive, VerificationReport report, bool withNotes, double seconds, CommandContext context)
    {
        if (isLive)
            context.Error.WriteLine($"A server is using {directory}: the end of each log is left to it, and what a second look does not find again is not told.");
        var damage = report.Findings.Where(static finding => finding.Severity == FindingSeverity.Damage).ToList();
        var notes = report.Findings.Count - damage.Count;
        var shown = withNotes ? report.Findings : damage;
        if (shown.Count > 0)
        {
            Table.Write(
                context.Output,
                ["partition", "file", "bytes", "offsets", "what is wrong", "for readers", "what `log repair` would do"],
                shown.Select(Row));
            context.Output.WriteLine();
        }

        var read = report.Read;
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Read {Words.Count(read.Partitions, "partition")}, {Words.Count(read.Segments, "segment")}, {read.Batches} batches, {Size.Of(read.Bytes)} in {Words.Duration(TimeSpan.FromSeconds(seconds))}; the last stop was {(report.WasClosedCleanly ? "clean" : isLive ? "not yet" : "not clean")}."));
        context.Output.WriteLine(
            (damage.Count == 0 ? "Nothing is damaged" : $"{Words.Count(damage.Count, "place")} damaged: `chronik-server log repair` shows what it would do")
            + (notes == 0 ? "." : withNotes ? "; notes do no harm." : $"; {Words.Count(notes, "harmless note")}, shown with --notes."));
    }

    private static string[] Row(LogFinding finding) =>
    [
        finding.Partition,
        finding.File,
        finding.Position is { } position ? Range(position, finding.End) : "",
        finding.FirstOffset is { } first ? Range(first, finding.NextOffset) : "",
        finding.Severity == FindingSeverity.Note ? $"(note) {finding.Problem}" : finding.Count > 1 && finding.End is not null ? $"{finding.Problem} ({finding.Count} times in a row)" : finding.Problem,
        finding.Effect,
        finding.Repair,
    ];

    private static string Range(long first, long? next) =>
        next is { } end && end > first + 1 ? $"{Words.Number(first)}-{Words.Number(end - 1)}" : Words.Number(first);
}
