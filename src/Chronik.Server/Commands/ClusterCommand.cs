using System.CommandLine;
using Chronik.Client;
using Chronik.Server.Output;

namespace Chronik.Server.Commands;

/// <summary>What commands that talk to a cluster share: where it is, how the answer looks, who closes the connection.</summary>
internal static class ClusterCommand
{
    /// <summary>What an action gets.</summary>
    /// <param name="Result">The command line.</param>
    /// <param name="Client">A client of the cluster.</param>
    /// <param name="Format">How the answer looks.</param>
    /// <param name="Context">The process.</param>
    internal sealed record Call(ParseResult Result, KafkaClient Client, OutputFormat Format, CommandContext Context)
    {
        public bool IsJson => Format == OutputFormat.Json;
    }

    /// <summary>Adds the shared options to a command and lets it run an action.</summary>
    public static void Runs(this Command command, CommandContext context, Func<Call, CancellationToken, Task> action)
    {
        var cluster = ClusterOptions.AddTo(command);
        var format = FormatOption.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            await using var client = cluster.Connect(result, context);
            await action(new Call(result, client, result.GetValue(format), context), cancellation);
            return ExitCode.Done;
        });
    }
}
