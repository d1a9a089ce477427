using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Server.Output;
using Chronik.Storage.Verification;

namespace Chronik.Server.Commands.Logs;

/// <summary><c>log repair</c>: mends what <c>log verify</c> finds, only when told to.</summary>
internal sealed class LogRepairCommand
{
    private readonly Argument<string[]> _names = LogCommands.Names();
    private readonly Option<bool> _yes = new("--yes") { Description = "Do it. Without it nothing is changed, and what would be done is shown." };
    private readonly Option<bool> _deep = new("--deep") { Description = "Also take batches out whose records cannot be parsed." };

    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "repair",
            "Mend what `log verify` finds, with the server stopped. Bytes that leave a log are kept beside it in .lost files. Exit code 0: all is well now (or would be), 1: something is left, 2: it could not run.",
            "chronik-server log repair                                 # shows what it would do",
            "chronik-server log repair --yes",
            "chronik-server log repair --data-dir /var/lib/chronik orders-3 --yes");
        new LogRepairCommand().AddTo(command, context);
        return command;
    }

    private void AddTo(Command command, CommandContext context)
    {
        command.Add(_names);
        command.Add(_yes);
        command.Add(_deep);
        var folder = DataFolder.AddTo(command);
        LogCommands.Run(command, (result, cancellation) => RunAsync(folder.Find(result, context), result, context, cancellation));
    }

    private async Task<int> RunAsync(string directory, ParseResult result, CommandContext context, CancellationToken cancellation)
    {
        using var held = DataFolder.Hold(directory, context);
        var isDryRun = !result.GetValue(_yes);
        var options = new RepairOptions
        {
            DataDirectory = directory,
            Files = context.Files,
            Scheduler = TaskScheduler.Default,
            Names = result.GetValue(_names) ?? [],
            IsDeep = result.GetValue(_deep),
            IsDryRun = isDryRun,
        };
        var actions = await StoreRepairer.RepairAsync(options, cancellation);
        if (actions.Count == 0)
        {
            context.Output.WriteLine("Nothing is to be repaired.");
            return ExitCode.Done;
        }

        Table.Write(context.Output, ["partition", "file", "offsets", isDryRun ? "would be done" : "done", "old bytes in"], actions.Select(Row));
        context.Output.WriteLine();
        if (isDryRun)
        {
            context.Output.WriteLine("Nothing was changed: add --yes to do it.");
            return ExitCode.Done;
        }

        var left = await StoreVerifier.VerifyAsync(
            new VerificationOptions { DataDirectory = directory, Files = context.Files, Scheduler = TaskScheduler.Default, Names = options.Names, IsDeep = options.IsDeep },
            cancellation);
        context.Output.WriteLine(left.HasDamage ? "Something is left: `chronik-server log verify` shows it." : "Verified: nothing is damaged any more.");
        return left.HasDamage ? ExitCode.Failed : ExitCode.Done;
    }

    private static string[] Row(RepairAction action) =>
    [
        action.Partition,
        action.File,
        action.FirstOffset is { } first ? first + 1 == action.NextOffset ? Words.Number(first) : $"{Words.Number(first)}-{Words.Number(action.NextOffset!.Value - 1)}" : "",
        action.What,
        action.SavedAs ?? "",
    ];
}
