using System.CommandLine;
using Chronik.Broker.Groups.Why;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Groups;

/// <summary><c>group why</c>.</summary>
internal static class GroupWhyCommand
{
    private const int RebalancesShown = 10;

    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "why",
            "Say what a group is doing, who holds it up, and what happens next.",
            "chronik-server group why billing",
            "chronik-server group why billing --history                # its last rebalances too",
            "chronik-server group why billing -o json");
        var name = new Argument<string>("group") { Description = "The group." };
        var history = new Option<bool>("--history") { Description = "The last rebalances too: JSON has them always." };
        command.Add(name);
        command.Add(history);
        command.Runs(context, async (call, cancellation) =>
        {
            var report = await FindAsync(call, call.Result.GetRequiredValue(name), cancellation);
            if (call.IsJson)
                Json.Write(context.Output, report, JsonShapes.Default.GroupWhyReport);
            else
                Write(context.Output, report, call.Result.GetValue(history));
        });
        return command;
    }

    private static async Task<GroupWhyReport> FindAsync(ClusterCommand.Call call, string groupId, CancellationToken cancellation)
    {
        var request = new DescribeGroupsRequest { Groups = [groupId] };
        GroupWhyField.Ask(request);
        var response = await call.Client.SendToCoordinatorAsync(groupId, request, answer => answer.Groups[0].ErrorCode, cancellation: cancellation);
        var group = response.Groups[0];
        if (GroupWhyField.Read(group) is { } report)
            return report;
        if (group.ErrorCode == ErrorCode.GroupIdNotFound || group.GroupState == "Dead")
            throw new CommandException($"There is no group {groupId}: `chronik-server group list` shows those there are.");
        throw new CommandException(
            $"Group {groupId} is {group.GroupState} with {Words.Count(group.Members.Count, "member")}; more only Chronik tells, and this server is another: `chronik-server group describe {groupId}` shows what it knows.");
    }

    private static void Write(TextWriter output, GroupWhyReport report, bool history)
    {
        foreach (var sentence in report.Words)
            output.WriteLine(sentence);
        if (!history || report.Rebalances.Count == 0)
            return;
        output.WriteLine();
        Table.Write(
            output,
            ["began", "took", "generation", "because", "by", "outcome"],
            report.Rebalances.TakeLast(RebalancesShown).Select(rebalance => new[]
            {
                rebalance.StartedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
                rebalance.EndedAt is { } ended ? Words.Duration(ended - rebalance.StartedAt) : "",
                rebalance.Generation is { } generation ? Words.Number(generation) : "",
                rebalance.Detail.Length > 0 ? $"{rebalance.Cause}: {rebalance.Detail}" : rebalance.Cause,
                rebalance.TriggerClientId ?? "",
                rebalance.Outcome,
            }));
    }
}
