using System.CommandLine;

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
}
