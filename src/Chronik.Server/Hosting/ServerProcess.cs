using System.Runtime.InteropServices;
using Chronik.Broker;
using Chronik.Broker.Network;
using Chronik.Catalog;
using Chronik.Server.Administration;
using Chronik.Server.Commands;
using Chronik.Server.Logging;
using Chronik.Storage;

namespace Chronik.Server.Hosting;

/// <summary>The composition root: makes a broker of real files, sockets, time and chance, and runs it until a signal.</summary>
internal static class ServerProcess
{
    /// <summary>Chance, as a broker has it, for commands that make what a broker would make.</summary>
    public static Random Chance() => new();

    /// <summary>Serves until SIGTERM, SIGINT or SIGHUP; a second signal does not wait any more.</summary>
    public static async Task<int> RunAsync(BrokerOptions options, CommandContext context)
    {
        if (!ConsoleLogging.TryParseLevel(context.Environment.GetValueOrDefault("CHRONIK_LOG"), out var level))
        {
            context.Error.WriteLine($"CHRONIK_LOG is '{context.Environment["CHRONIK_LOG"]}', which is no log level: write trace, debug, information, warning or error.");
            return ExitCode.Misused;
        }

        SocketTransport.ReceiveInline();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = OnSignal(PosixSignal.SIGTERM, stopped);
        using var interrupt = OnSignal(PosixSignal.SIGINT, stopped);
        using var hangUp = OnSignal(PosixSignal.SIGHUP, stopped);
        using var logs = new ConsoleLogging(Console.OpenStandardError(), level, context.Time);
        var broker = new BrokerHost(options, new BrokerSeams(
            context.Files,
            new SocketTransport(),
            context.Time,
            Chance(),
            TaskScheduler.Default,
            logs));
        try
        {
            await broker.StartAsync();
        }
        catch (Exception e) when (e is LogStoreException or CatalogException or TransportException or IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }

        Greeting.Write(context.Output, broker.EndPoints, options);
        await stopped.Task;
        await broker.StopAsync();
        context.Output.WriteLine("Stopped.");
        return ExitCode.Done;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, TaskCompletionSource stopped) =>
        PosixSignalRegistration.Create(signal, arrived => arrived.Cancel = stopped.TrySetResult());
}
