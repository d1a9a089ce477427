using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Topics;

/// <summary><c>topic delete</c>.</summary>
internal static class TopicDeleteCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "delete",
            "Delete topics with all their records.",
            "chronik-server topic delete orders",
            "chronik-server topic delete orders payments --if-exists");
        var names = new Argument<string[]>("topic") { Description = "The names.", Arity = ArgumentArity.OneOrMore };
        var ifExists = new Option<bool>("--if-exists") { Description = "Succeed where there is no such topic." };
        command.Add(names);
        command.Add(ifExists);
        command.Runs(context, async (call, cancellation) =>
        {
            var admin = new TopicAdmin(call.Client);
            var outcomes = new List<Outcome>();
            foreach (var name in call.Result.GetRequiredValue(names))
            {
                var deleted = await admin.DeleteAsync(name, cancellation);
                if (!deleted && !call.Result.GetValue(ifExists))
                    throw new CommandException($"There is no topic {name}: `chronik-server topic list` shows those there are.");
                outcomes.Add(new Outcome(name, deleted ? "deleted" : "missing"));
            }

            Outcomes.Write(call, outcomes, "Topic");
        });
        return command;
    }
}
