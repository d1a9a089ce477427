using System.CommandLine;
using Chronik.Client;
using Chronik.Server.Output;

namespace Chronik.Server.Commands;

/// <summary><c>health</c>: for probes and impatient people.</summary>
internal static class HealthCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "health",
            "Ask a server whether it serves; exit code 0 if it does, 1 if not.",
            "chronik-server health",
            "chronik-server health --server kafka.example.org:9092 --timeout 2",
            "HEALTHCHECK CMD chronik-server health                    # in a container");
        var cluster = ClusterOptions.AddTo(command);
        var timeout = new Option<double>("--timeout") { Description = "Seconds to wait for an answer.", DefaultValueFactory = _ => 5, HelpName = "SECONDS" };
        command.Add(timeout);
        var format = FormatOption.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Clamp(result.GetValue(timeout), 0.01, 3600)), context.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellation);
            await using var client = cluster.Connect(result, context);
            return await RunAsync(client, cluster.Server(result, context), result.GetValue(format), context, either.Token);
        });
        return command;
    }

    private static async Task<int> RunAsync(KafkaClient client, string server, OutputFormat format, CommandContext context, CancellationToken cancellation)
    {
        HealthReport report;
        try
        {
            var metadata = await client.GetMetadataAsync([], cancellation: cancellation);
            report = new HealthReport(server, Serves: true, metadata.ClusterId, metadata.Brokers.Count, Problem: null);
        }
        catch (Exception e) when (e is IOException or TimeoutException or KafkaException or OperationCanceledException)
        {
            report = new HealthReport(server, Serves: false, ClusterId: null, Brokers: 0, e is OperationCanceledException ? "No answer in time." : e.Message);
        }

        if (format == OutputFormat.Json)
            Json.Write(context.Output, report, JsonShapes.Default.HealthReport);
        else
            context.Output.WriteLine(report.Serves
                ? $"{server} serves: cluster {report.ClusterId}, {Words.Count(report.Brokers, "broker")}."
                : $"{server} does not serve: {report.Problem}");
        return report.Serves ? ExitCode.Done : ExitCode.Failed;
    }
}
