using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Storage;

namespace Chronik.Server.Commands.Logs;

/// <summary><c>log</c>: a data folder, looked at without a server.</summary>
internal static class LogCommands
{
    public static Command Create(CommandContext context) =>
        new TaughtCommand(
            "log",
            "Verify and repair the files of a data folder.",
            "chronik-server log verify",
            "chronik-server log verify --data-dir /var/lib/chronik orders",
            "chronik-server log repair                                 # shows what it would do; --yes does it")
        {
            LogVerifyCommand.Create(context),
            LogRepairCommand.Create(context),
        };

    /// <summary>Which partitions are meant; none for all.</summary>
    public static Argument<string[]> Names() => new("names")
    {
        Description = "Topics or partitions (TOPIC or TOPIC-PARTITION). Default: all.",
        Arity = ArgumentArity.ZeroOrMore,
        HelpName = "TOPIC[-PARTITION]",
    };

    /// <summary>What a command does; a folder that cannot be read or written is told in one sentence.</summary>
    public static void Run(Command command, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction(async (result, cancellation) =>
        {
            try
            {
                return await run(result, cancellation);
            }
            catch (Exception e) when (e is LogStoreException or IOException or UnauthorizedAccessException)
            {
                throw new CommandException(e.Message, ExitCode.Misused);
            }
        });
}
