using System.CommandLine;
using Chronik.Client;
using Chronik.Server.Administration;

namespace Chronik.Server.Commands;

/// <summary><c>--server</c>: which cluster a command talks to.</summary>
internal sealed class ClusterOptions
{
    private const string Default = "localhost:9092";

    private readonly Option<string?> _server = new("--server", "-s")
    {
        Description = $"The cluster's addresses, with commas between them. Default: $CHRONIK_SERVER, else {Default}.",
        HelpName = "HOST:PORT",
    };

    public static ClusterOptions AddTo(Command command)
    {
        var options = new ClusterOptions();
        command.Add(options._server);
        return options;
    }

    /// <summary>The addresses to start with.</summary>
    public string Server(ParseResult result, CommandContext context) =>
        result.GetValue(_server) ?? (context.Environment.GetValueOrDefault("CHRONIK_SERVER") is { Length: > 0 } server ? server : Default);

    /// <summary>A client of the cluster; it gives up after some seconds rather than a minute, as a person waits for it.</summary>
    public KafkaClient Connect(ParseResult result, CommandContext context)
    {
        try
        {
            return new KafkaClient(new KafkaClientOptions
            {
                BootstrapServers = Server(result, context),
                ClientId = "chronik-cli",
                ConnectTimeout = TimeSpan.FromSeconds(5),
                RetryTimeout = TimeSpan.FromSeconds(2),
                TimeProvider = context.Time,
            });
        }
        catch (FormatException e)
        {
            throw new CommandException($"--server: {e.Message} Write for example --server {Default}.", ExitCode.Misused);
        }
    }
}
