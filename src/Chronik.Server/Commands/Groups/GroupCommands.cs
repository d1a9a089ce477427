using System.CommandLine;

namespace Chronik.Server.Commands.Groups;

/// <summary><c>group</c>.</summary>
internal static class GroupCommands
{
    public static Command Create(CommandContext context) =>
        new TaughtCommand(
            "group",
            "List, describe, explain, delete and reset consumer groups.",
            "chronik-server group list",
            "chronik-server group describe billing                     # members and lag",
            "chronik-server group why billing                          # who holds it up",
            "chronik-server group reset billing --topic orders --to-beginning")
        {
            GroupListCommand.Create(context),
            GroupDescribeCommand.Create(context),
            GroupWhyCommand.Create(context),
            GroupDeleteCommand.Create(context),
            GroupResetCommand.Create(context),
        };
}
