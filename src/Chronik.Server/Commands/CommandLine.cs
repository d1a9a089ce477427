using System.CommandLine;

using Chronik.Server.Administration;
using Chronik.Server.Commands.Catalog;
using Chronik.Server.Commands.Groups;
using Chronik.Server.Commands.Logs;
using Chronik.Server.Commands.Records;
using Chronik.Server.Commands.Topics;
using Chronik.Server.Options;

namespace Chronik.Server.Commands;

/// <summary>The whole command line: what there is, how it is run, and what its failures look like.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command and returns its exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments, CommandContext context)
    {
        // A server need not know the other commands: that saves it the client's code, in memory and at the start.
        var root = arguments is [StartCommand.Name, ..] ? Taught([StartCommand.Create(context)]) : Build(context);
        var result = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        if (result.Errors.Count > 0 && result.Action is not HelpWithExamples)
        {
            foreach (var line in Explain(result))
                context.Error.WriteLine(line);
            context.Error.WriteLine($"`{Path(result.CommandResult.Command)} --help` shows how it is used.");
            return ExitCode.Misused;
        }

        var configuration = new InvocationConfiguration
        {
            Output = context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,

            // The server ends by its own rules; the other commands are ended by cancelling them.
            ProcessTerminationTimeout = result.CommandResult.Command.Name == StartCommand.Name ? null : TimeSpan.FromSeconds(2),
        };
        try
        {
            return await result.InvokeAsync(configuration);
        }
        catch (CommandException e)
        {
            context.Error.WriteLine(e.Message);
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
        catch (Exception e) when (ErrorWords.IsExpected(e))
        {
            context.Error.WriteLine(ErrorWords.Sentence(e));
            return ExitCode.Failed;
        }
    }

    /// <summary>All commands.</summary>
    internal static RootCommand Build(CommandContext context) => Taught(
        [
            StartCommand.Create(context),
            ConfigCommand.Create(context),
            TopicCommands.Create(context),
            ProduceCommand.Create(context),
            ConsumeCommand.Create(context),
            GroupCommands.Create(context),
            LogCommands.Create(context),
            CatalogCommands.Create(context),
            HealthCommand.Create(context),
            ImportCommand.Create(context),
            VersionCommand.Create(context),
        ],
        "chronik-server start                                      # serve on localhost:9092",
        "chronik-server topic create orders --partitions 3",
        "echo hello | chronik-server produce orders",
        "chronik-server consume orders --from-beginning -n 1",
        "chronik-server group why billing                          # who holds the group up");

    private static RootCommand Taught(Command[] commands, params string[] examples)
    {
        var root = new RootCommand("Chronik serves Apache Kafka's protocol, and talks to any server that does.");
        foreach (var command in commands)
            root.Add(command);
        HelpWithExamples.Install(root, examples);
        return root;
    }

    private static IEnumerable<string> Explain(ParseResult result)
    {
        var command = result.CommandResult.Command;
        if (result.UnmatchedTokens.Count > 0)
        {
            var unknown = result.UnmatchedTokens[0];
            var near = Spelling.Nearest(unknown, command.Subcommands.Concat<Symbol>(command.Options).Select(symbol => symbol.Name));
            yield return $"'{unknown}' is not known to `{Path(command)}`{(near is null ? "." : $": did you mean {near}?")}";
            yield break;
        }

        foreach (var error in result.Errors)
            yield return error.Message;
    }

    private static string Path(Command command)
    {
        var names = new Stack<string>();
        for (Symbol? symbol = command; symbol is Command; symbol = symbol.Parents.FirstOrDefault())
            names.Push(symbol is RootCommand ? "chronik-server" : symbol.Name);
        return string.Join(' ', names);
    }
}
