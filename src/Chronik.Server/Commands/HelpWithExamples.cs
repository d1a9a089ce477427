using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Chronik.Server.Commands;

/// <summary>The usual help, and below it examples.</summary>
internal sealed class HelpWithExamples(SynchronousCommandLineAction usual, IReadOnlyList<string> rootExamples) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    /// <summary>Puts it in the place of a command's help.</summary>
    public static void Install(RootCommand root, params string[] examples)
    {
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new HelpWithExamples((SynchronousCommandLineAction)help.Action!, examples);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var examples = parseResult.CommandResult.Command switch
        {
            TaughtCommand taught => taught.Examples,
            RootCommand => rootExamples,
            _ => [],
        };
        if (examples.Count > 0)
            output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        if (parseResult.CommandResult.Command is RootCommand)
            output.WriteLine($"{Environment.NewLine}Exit codes: 0 done, 1 it did not work (the server is away or refused), 2 it was not understood.");
        return exitCode;
    }
}
