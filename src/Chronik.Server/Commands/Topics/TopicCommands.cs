using System.CommandLine;

namespace Chronik.Server.Commands.Topics;

/// <summary><c>topic</c>.</summary>
internal static class TopicCommands
{
    public static Command Create(CommandContext context) =>
        new TaughtCommand(
            "topic",
            "List, create, describe and delete topics.",
            "chronik-server topic list",
            "chronik-server topic create orders --partitions 3",
            "chronik-server topic describe orders -o json")
        {
            TopicListCommand.Create(context),
            TopicCreateCommand.Create(context),
            TopicDescribeCommand.Create(context),
            TopicDeleteCommand.Create(context),
        };
}
