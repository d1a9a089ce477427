using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Groups;

/// <summary><c>group list</c>.</summary>
internal static class GroupListCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand("list", "List the groups.", "chronik-server group list", "chronik-server group list -o json");
        command.Runs(context, async (call, cancellation) =>
        {
            var groups = await new GroupAdmin(call.Client).ListAsync(cancellation);
            if (call.IsJson)
                Json.Write(context.Output, groups, JsonShapes.Default.ListGroupRow);
            else
                Table.Write(
                    context.Output,
                    ["group", "state", "type", "protocol"],
                    groups.Select(group => new[] { group.Group, group.State, group.Type, group.ProtocolType }));
        });
        return command;
    }
}
