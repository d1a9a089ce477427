using System.CommandLine;
using Chronik.Server.Administration;
using Chronik.Server.Options;

namespace Chronik.Server.Commands.Logs;

/// <summary>Which data folder a command is about: the one that <c>start</c> would serve.</summary>
internal sealed class DataFolder
{
    /// <summary>The file that a running server holds locked.</summary>
    public const string LockFile = ".lock";

    private readonly Option<string?> _directory = new("--data-dir")
    {
        Description = "The data folder, Chronik's or Kafka's. Default: the one that `start` would serve.",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "A file of settings that names the folder (log.dirs).",
        HelpName = "FILE",
    };

    public static DataFolder AddTo(Command command)
    {
        var folder = new DataFolder();
        command.Add(folder._directory);
        command.Add(folder._config);
        return folder;
    }

    /// <summary>The folder's full path.</summary>
    /// <exception cref="CommandException">The settings name none.</exception>
    public string Find(ParseResult result, CommandContext context)
    {
        var settings = SettingsLoader.Load(
            new CommandLineSettings { DataDirectory = result.GetValue(_directory), ConfigFile = result.GetValue(_config) },
            context.Environment,
            context.ReadText);
        var directory = settings.Text(SettingTable.LogDirs) ?? DataDirectory.Default(context.Environment);
        return directory.Length > 0
            ? Path.GetFullPath(directory)
            : throw new CommandException("The data folder's name is empty: name one with --data-dir.", ExitCode.Misused);
    }

    /// <summary>Takes a folder for this process, so that no server can start on it until that is disposed.</summary>
    /// <exception cref="CommandException">There is no such folder, or a server is using it.</exception>
    public static IDisposable Hold(string directory, CommandContext context)
    {
        if (!context.Files.DirectoryExists(directory))
            throw new CommandException($"There is no folder {directory}: name the data folder with --data-dir.", ExitCode.Misused);
        return context.Files.TryLock($"{directory}/{LockFile}")
            ?? throw new CommandException($"A server is using {directory}: stop it first.", ExitCode.Misused);
    }
}
