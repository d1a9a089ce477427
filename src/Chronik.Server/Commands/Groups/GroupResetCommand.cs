using System.CommandLine;
using Chronik.Client;
using Chronik.Protocol;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Groups;

/// <summary><c>group reset</c>.</summary>
internal static class GroupResetCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "reset",
            "Set a group's offsets, while it has no members.",
            "chronik-server group reset billing --to-beginning                         # all topics it has offsets of",
            "chronik-server group reset billing --topic orders --to-time 2h --dry-run",
            "chronik-server group reset billing --topic orders --partition 0 --to-offset 42");
        var name = new Argument<string>("group") { Description = "The group." };
        var topics = new Option<string[]>("--topic", "-t") { Description = "Only this topic; may be given several times. Default: all that the group has offsets of.", HelpName = "TOPIC" };
        var partitions = new Option<int[]>("--partition", "-p") { Description = "Only this partition; may be given several times.", HelpName = "INDEX" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be set, and set nothing." };
        command.Add(name);
        command.Add(topics);
        command.Add(partitions);
        var place = StartOptions.AddTo(command, "to");
        command.Add(dryRun);
        command.Runs(context, async (call, cancellation) =>
        {
            var at = place.Choose(call.Result, context.Time)
                ?? throw new CommandException("Where to? Add --to-beginning, --to-end, --to-offset or --to-time.", ExitCode.Misused);
            var group = call.Result.GetRequiredValue(name);
            var rows = await FindAsync(call.Client, group, call.Result.GetValue(topics) ?? [], call.Result.GetValue(partitions) ?? [], at, cancellation);
            if (!call.Result.GetValue(dryRun))
                await new GroupAdmin(call.Client).CommitAsync(group, rows.Select(row => KeyValuePair.Create(new TopicPartition(row.Topic, row.Partition), row.After)), cancellation);
            Write(call, rows);
        });
        return command;
    }

    private static async Task<List<ResetRow>> FindAsync(
        KafkaClient client, string group, string[] topics, int[] indexes, StartAt at, CancellationToken cancellation)
    {
        var committed = await new GroupAdmin(client).CommittedAsync(group, cancellation);
        var names = topics.Length > 0 ? topics : [.. committed.Keys.Select(partition => partition.Topic).Distinct()];
        if (names.Length == 0)
            throw new CommandException($"Group {group} has no offsets to reset: name a topic with --topic.");
        var wanted = new Dictionary<TopicPartition, StartAt>();
        foreach (var name in names)
        {
            var topic = await client.GetTopicAsync(name, cancellation: cancellation);
            foreach (var partition in topic.Partitions.Where(partition => indexes.Length == 0 || indexes.Contains(partition.Index)))
                wanted[new TopicPartition(name, partition.Index)] = at;
        }

        if (wanted.Count == 0)
            throw new CommandException($"None of the topics has a partition {string.Join(" or ", indexes)}.");
        var found = await client.ListOffsetsAsync(wanted, cancellation);
        var ends = await client.ListOffsetsAsync(wanted.Keys.ToDictionary(partition => partition, _ => StartAt.End), cancellation);
        return
        [
            .. from partition in wanted.Keys
               orderby partition.Topic, partition.Partition
               let offset = found[partition] < 0 ? ends[partition] : found[partition]
               select new ResetRow(partition.Topic, partition.Partition, committed.GetValueOrDefault(partition, -1), offset)
        ];
    }

    private static void Write(ClusterCommand.Call call, List<ResetRow> rows)
    {
        if (call.IsJson)
        {
            Json.Write(call.Context.Output, rows, JsonShapes.Default.ListResetRow);
            return;
        }

        Table.Write(
            call.Context.Output,
            ["topic", "partition", "before", "after"],
            rows.Select(row => new[] { row.Topic, Words.Number(row.Partition), row.Before < 0 ? "none" : Words.Number(row.Before), Words.Number(row.After) }));
    }
}
