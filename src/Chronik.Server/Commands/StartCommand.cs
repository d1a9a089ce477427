using System.CommandLine;
using Chronik.Server.Hosting;
using Chronik.Server.Options;

namespace Chronik.Server.Commands;

/// <summary><c>start</c>: serve until somebody says stop.</summary>
internal static class StartCommand
{
    public const string Name = "start";

    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            Name,
            "Serve Kafka clients until SIGTERM or Ctrl-C.",
            "chronik-server start",
            "CHRONIK_DATA_DIR=./data chronik-server start --advertise localhost",
            "chronik-server start --listen 0.0.0.0:9092 --insecure --advertise kafka.example.org",
            "chronik-server start --listen localhost:0                 # a free port; it says which",
            "chronik-server start --config server.properties --set log.retention.hours=24");
        var options = new SettingOptions();
        options.AddTo(command);
        command.SetAction((result, _) => RunAsync(options.Load(result, context), context));
        return command;
    }

    private static async Task<int> RunAsync(EffectiveSettings settings, CommandContext context)
    {
        foreach (var notice in settings.Notices)
            context.Error.WriteLine(notice);
        var options = BrokerOptionsBuilder.Build(settings, context.Environment, out var problems);
        foreach (var problem in problems)
            context.Error.WriteLine(problem);
        return options is null ? ExitCode.Misused : await ServerProcess.RunAsync(options, context);
    }
}
