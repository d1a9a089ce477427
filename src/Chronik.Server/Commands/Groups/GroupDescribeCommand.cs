using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Groups;

/// <summary><c>group describe</c>.</summary>
internal static class GroupDescribeCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "describe",
            "Show a group's members, offsets and lag.",
            "chronik-server group describe billing",
            "chronik-server group describe billing -o json");
        var name = new Argument<string>("group") { Description = "The group." };
        command.Add(name);
        command.Runs(context, async (call, cancellation) =>
        {
            var group = await new GroupAdmin(call.Client).DescribeAsync(call.Result.GetRequiredValue(name), cancellation);
            if (call.IsJson)
                Json.Write(context.Output, group, JsonShapes.Default.GroupDescription);
            else
                Write(context.Output, group);
        });
        return command;
    }

    private static void Write(TextWriter output, GroupDescription group)
    {
        var assignor = group.Assignor.Length > 0 ? $", assignor {group.Assignor}" : "";
        output.WriteLine($"Group {group.Group} is {group.State}, {Words.Count(group.Members.Count, "member")}{assignor}");
        if (group.Members.Count > 0)
        {
            output.WriteLine();
            Table.Write(
                output,
                ["member", "client", "host", "partitions"],
                group.Members.Select(member => new[] { member.InstanceId ?? member.MemberId, member.ClientId, member.Host, string.Join(" ", member.Partitions) }));
        }

        if (group.Offsets.Count > 0)
        {
            output.WriteLine();
            Table.Write(
                output,
                ["topic", "partition", "committed", "end", "lag", "member"],
                group.Offsets.Select(row => new[]
                {
                    row.Topic, Words.Number(row.Partition), Words.Number(row.Committed), Known(row.EndOffset), Known(row.Lag), row.MemberId ?? "",
                }));
        }
    }

    private static string Known(long number) => number < 0 ? "gone" : Words.Number(number);
}
