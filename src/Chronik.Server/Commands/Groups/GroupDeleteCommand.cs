using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Groups;

/// <summary><c>group delete</c>.</summary>
internal static class GroupDeleteCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "delete",
            "Delete groups without members, with their offsets.",
            "chronik-server group delete billing",
            "chronik-server group delete billing audit --if-exists");
        var names = new Argument<string[]>("group") { Description = "The groups.", Arity = ArgumentArity.OneOrMore };
        var ifExists = new Option<bool>("--if-exists") { Description = "Succeed where there is no such group." };
        command.Add(names);
        command.Add(ifExists);
        command.Runs(context, async (call, cancellation) =>
        {
            var admin = new GroupAdmin(call.Client);
            var outcomes = new List<Outcome>();
            foreach (var name in call.Result.GetRequiredValue(names))
            {
                var deleted = await admin.DeleteAsync(name, cancellation);
                if (!deleted && !call.Result.GetValue(ifExists))
                    throw new CommandException($"There is no group {name}: `chronik-server group list` shows those there are.");
                outcomes.Add(new Outcome(name, deleted ? "deleted" : "missing"));
            }

            Outcomes.Write(call, outcomes, "Group");
        });
        return command;
    }
}
