using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Topics;

/// <summary><c>topic create</c>.</summary>
internal static class TopicCreateCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "create",
            "Create topics.",
            "chronik-server topic create orders",
            "chronik-server topic create orders payments --partitions 6 --config retention.ms=86400000",
            "chronik-server topic create orders --if-missing           # no failure where it exists");
        var names = new Argument<string[]>("topic") { Description = "The names.", Arity = ArgumentArity.OneOrMore };
        var partitions = new Option<int>("--partitions", "-p") { Description = "How many partitions. Default: the server's num.partitions.", HelpName = "COUNT", DefaultValueFactory = _ => -1 };
        var replicas = new Option<short>("--replication-factor") { Description = "How many replicas. Default: the server's.", HelpName = "COUNT", DefaultValueFactory = _ => -1 };
        var configs = new Option<string[]>("--config") { Description = "A setting of the topic; may be given several times.", HelpName = "NAME=VALUE" };
        var ifMissing = new Option<bool>("--if-missing") { Description = "Succeed where the topic exists." };
        command.Add(names);
        command.Add(partitions);
        command.Add(replicas);
        command.Add(configs);
        command.Add(ifMissing);
        command.Runs(context, async (call, cancellation) =>
        {
            var pairs = Pairs(call.Result.GetValue(configs) ?? []);
            var admin = new TopicAdmin(call.Client);
            var outcomes = new List<Outcome>();
            foreach (var name in call.Result.GetRequiredValue(names))
            {
                var created = await admin.CreateAsync(name, call.Result.GetValue(partitions), call.Result.GetValue(replicas), pairs, cancellation);
                if (!created && !call.Result.GetValue(ifMissing))
                    throw new CommandException($"Topic {name} exists already: give another name, or add --if-missing.");
                outcomes.Add(new Outcome(name, created ? "created" : "exists"));
            }

            Outcomes.Write(call, outcomes, "Topic");
        });
        return command;
    }

    private static List<KeyValuePair<string, string>> Pairs(string[] configs) =>
    [
        .. from config in configs
           let at = config.IndexOf('=', StringComparison.Ordinal)
           select at > 0
               ? KeyValuePair.Create(config[..at].Trim(), config[(at + 1)..].Trim())
               : throw new CommandException($"--config {config} names no value: write for example --config retention.ms=86400000.", ExitCode.Misused)
    ];
}
