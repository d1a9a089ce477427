using System.CommandLine;
using Chronik.Catalog;
using Chronik.Server.Administration;
using Chronik.Server.Commands.Logs;
using Chronik.Server.Hosting;

namespace Chronik.Server.Commands.Catalog;

/// <summary><c>catalog</c>: topics, settings, groups and committed offsets of a data folder, without a server.</summary>
internal static class CatalogCommands
{
    private const string CatalogFile = "chronik.db";

    public static Command Create(CommandContext context) =>
        new TaughtCommand(
            "catalog",
            "Look at the catalog of a data folder (topics, settings, groups, committed offsets), and begin it anew when it is damaged.",
            "chronik-server catalog repair                             # shows what it would do; --yes does it")
        {
            CreateRepair(context),
        };

    private static Command CreateRepair(CommandContext context)
    {
        var yes = new Option<bool>("--yes") { Description = "Do it. Without it nothing is changed, and what would be done is shown." };
        var trust = new Option<bool>("--trust") { Description = "Take the files as SQLite reads them, for example after changing rows by hand." };
        var command = new TaughtCommand(
            "repair",
            "Keep a damaged catalog aside and begin a new one, with the server stopped: the next start takes the topics from their folders. Settings of topics, groups and committed offsets are lost by it, so prefer a backup.",
            "chronik-server catalog repair                             # shows what it would do",
            "chronik-server catalog repair --yes",
            "chronik-server catalog repair --trust --yes               # believe it as it is");
        command.Add(yes);
        command.Add(trust);
        var folder = DataFolder.AddTo(command);
        LogCommands.Run(command, async (result, _) =>
        {
            try
            {
                return await RepairAsync(folder.Find(result, context), result.GetValue(yes), result.GetValue(trust), context);
            }
            catch (CatalogException e)
            {
                throw new CommandException(e.Message);
            }
        });
        return command;
    }

    private static async Task<int> RepairAsync(string directory, bool isYes, bool trusts, CommandContext context)
    {
        using var held = DataFolder.Hold(directory, context);
        var path = $"{directory}/{CatalogFile}";
        var damage = CatalogRepair.FindDamage(context.Files, path);
        if (damage is null && !context.Files.FileExists(path))
            throw new CommandException($"There is no catalog in {directory}: name the data folder with --data-dir.", ExitCode.Misused);
        context.Output.WriteLine(damage ?? $"Nothing is known to be wrong with {path}.");
        if (!isYes)
        {
            context.Output.WriteLine(trusts
                ? "It would be taken as SQLite reads it. Nothing was changed: add --yes to do it."
                : damage is null
                ? "It would stay as it is, if a start can read it."
                : $"It would be kept as {path}{CatalogRepair.Aside}, and a new one begun without settings, groups and committed offsets. Nothing was changed: add --yes to do it.");
            return ExitCode.Done;
        }

        if (trusts)
        {
            var snapshot = await CatalogRepair.TrustAsync(path, ServerProcess.Chance(), TaskScheduler.Default);
            context.Output.WriteLine($"Taken as it is: {snapshot.Topics.Count} topics, {snapshot.Groups.Count} groups, {snapshot.Offsets.Count} committed offsets.");
            return ExitCode.Done;
        }

        // A sound one holds what a new one would lose.
        if (damage is null && await CatalogRepair.CanStartAsync(path, ServerProcess.Chance(), TaskScheduler.Default))
        {
            context.Output.WriteLine("A start can read it: it stays as it is.");
            return ExitCode.Done;
        }

        var aside = await CatalogRepair.RebuildAsync(context.Files, path, ServerProcess.Chance(), TaskScheduler.Default);
        context.Output.WriteLine($"The old files are {aside}*. The next start takes the topics from their folders; consumers begin where auto.offset.reset says.");
        return ExitCode.Done;
    }
}
