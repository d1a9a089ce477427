using System.CommandLine;
using System.Globalization;
using Chronik.Broker.Importing;
using Chronik.Catalog;
using Chronik.Server.Administration;
using Chronik.Server.Hosting;
using Chronik.Server.Logging;
using Chronik.Server.Options;
using Chronik.Server.Output;
using Chronik.Storage;
using Microsoft.Extensions.Logging;

namespace Chronik.Server.Commands;

/// <summary><c>import</c>: take over what a stopped Kafka holds.</summary>
internal static class ImportCommand
{
    private const string CatalogFile = "chronik.db";
    private const long ProgressBytes = 256L << 20;

    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "import",
            "Copy topics, records, settings and committed offsets out of the data folder of a stopped Apache Kafka (KRaft). Kafka's folder stays as it is.",
            "chronik-server import /var/lib/kafka/data",
            "chronik-server import /disk1/kafka /disk2/kafka --data-dir /srv/chronik   # log.dirs with two folders",
            "chronik-server import /var/lib/kafka/data --topic orders --topic bills");
        var folders = new Argument<string[]>("folder")
        {
            Description = "A data folder of Kafka: one of log.dirs. Several are joined.",
            Arity = ArgumentArity.OneOrMore,
        };
        var dataDirectory = new Option<string?>("--data-dir")
        {
            Description = "Chronik's data folder. Default: as for start.",
            HelpName = "FOLDER",
        };
        var config = new Option<string?>("--config")
        {
            Description = "A file of settings that names Chronik's data folder. Default: as for start.",
            HelpName = "FILE",
        };
        var topics = new Option<string[]>("--topic")
        {
            Description = "Take this topic only; may be given several times. Default: all but Kafka's own.",
            HelpName = "NAME",
        };
        command.Add(folders);
        command.Add(dataDirectory);
        command.Add(config);
        command.Add(topics);
        var format = FormatOption.AddTo(command);
        command.SetAction((result, _) =>
        {
            var target = Target(new CommandLineSettings { DataDirectory = result.GetValue(dataDirectory), ConfigFile = result.GetValue(config) }, context);
            var sources = result.GetRequiredValue(folders).Select(static folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
            return RunAsync(new ImportRequest([.. sources], target, result.GetValue(topics) ?? []), result.GetValue(format), context);
        });
        return command;
    }

    private static string Target(CommandLineSettings given, CommandContext context)
    {
        var settings = SettingsLoader.Load(given, context.Environment, context.ReadText);
        return BrokerOptionsBuilder.Build(settings, context.Environment, out var problems) is { } options
            ? Path.TrimEndingDirectorySeparator(options.DataDirectory)
            : throw new CommandException(string.Join(Environment.NewLine, problems), ExitCode.Misused);
    }

    private static async Task<int> RunAsync(ImportRequest request, OutputFormat format, CommandContext context)
    {
        using var logs = new ConsoleLogging(Console.OpenStandardError(), LogLevel.Error, context.Time);
        var seams = new ImportSeams(
            context.Files,
            static directory => Catalogs.Embedded($"{directory}/{CatalogFile}", ServerProcess.Chance(), TaskScheduler.Default),
            context.Time,
            TaskScheduler.Default,
            logs);
        ImportReport report;
        try
        {
            report = await KafkaImport.RunAsync(seams, request, Progress(context.Error));
        }
        catch (Exception e) when (e is ImportException or LogStoreException or CatalogException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(e.Message);
        }

        if (format == OutputFormat.Json)
            Json.Write(context.Output, report, JsonShapes.Default.ImportReport);
        else
            Write(context.Output, request, report);
        return report.Damage.Count == 0 && report.Topics.All(static topic => !topic.IsLeftOut) ? ExitCode.Done : ExitCode.Failed;
    }

    private static Action<long, long> Progress(TextWriter error)
    {
        var next = ProgressBytes;
        return (done, total) =>
        {
            if (done < next)
                return;
            next = done + ProgressBytes;
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Copied {done >> 20} of {total >> 20} MiB."));
        };
    }

    private static void Write(TextWriter output, ImportRequest request, ImportReport report)
    {
        Table.Write(output, ["topic", "partitions", "records", "bytes", "result"], report.Topics.Select(static topic => new[]
        {
            topic.Name, Words.Number(topic.Partitions), Words.Number(topic.Records), Words.Number(topic.Bytes), topic.Result,
        }));
        output.WriteLine();
        output.WriteLine($"{Words.Count(report.OffsetCount, "committed offset")} of {Words.Count(report.GroupCount, "group")} taken.");
        foreach (var note in report.Notes)
            output.WriteLine(note);
        foreach (var damage in report.Damage)
            output.WriteLine($"DAMAGED {damage}");
        if (report.Topics.Any(static topic => topic.IsTaken))
            output.WriteLine($"Serve it: chronik-server start --data-dir {request.DataDirectory}");
    }
}
