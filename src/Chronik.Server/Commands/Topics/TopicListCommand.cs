using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Topics;

/// <summary><c>topic list</c>.</summary>
internal static class TopicListCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand("list", "List the topics.", "chronik-server topic list", "chronik-server topic list --all -o json");
        var all = new Option<bool>("--all") { Description = "The brokers' own topics too." };
        command.Add(all);
        command.Runs(context, async (call, cancellation) =>
        {
            var topics = await new TopicAdmin(call.Client).ListAsync(call.Result.GetValue(all), cancellation);
            if (call.IsJson)
                Json.Write(context.Output, topics, JsonShapes.Default.ListTopicRow);
            else
                Table.Write(
                    context.Output,
                    ["topic", "partitions", "replicas", "id"],
                    topics.Select(topic => new[] { topic.Name, Words.Number(topic.Partitions), Words.Number(topic.Replicas), topic.Id ?? "" }));
        });
        return command;
    }
}
