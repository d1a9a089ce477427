using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Topics;

/// <summary><c>topic describe</c>.</summary>
internal static class TopicDescribeCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "describe",
            "Show a topic's partitions, offsets and settings.",
            "chronik-server topic describe orders",
            "chronik-server topic describe orders -o json");
        var name = new Argument<string>("topic") { Description = "The name." };
        command.Add(name);
        command.Runs(context, async (call, cancellation) =>
        {
            var topic = await new TopicAdmin(call.Client).DescribeAsync(call.Result.GetRequiredValue(name), cancellation);
            if (call.IsJson)
                Json.Write(context.Output, topic, JsonShapes.Default.TopicDescription);
            else
                Write(context.Output, topic);
        });
        return command;
    }

    private static void Write(TextWriter output, TopicDescription topic)
    {
        output.WriteLine($"Topic {topic.Name}{(topic.Internal ? " (the brokers' own)" : "")}, {Words.Count(topic.Partitions.Count, "partition")}, id {topic.Id ?? "unknown"}");
        output.WriteLine();
        Table.Write(
            output,
            ["partition", "leader", "replicas", "in sync", "first offset", "end offset"],
            topic.Partitions.Select(partition => new[]
            {
                Words.Number(partition.Partition),
                partition.Leader < 0 ? "none" : Words.Number(partition.Leader),
                string.Join(",", partition.Replicas),
                string.Join(",", partition.InSync),
                Words.Number(partition.FirstOffset),
                Words.Number(partition.EndOffset),
            }));
        if (topic.Configs.Count == 0)
            return;
        output.WriteLine();
        Table.Write(output, ["setting", "value", "from"], topic.Configs.Select(config => new[] { config.Name, config.Value ?? "", config.From }));
    }
}
