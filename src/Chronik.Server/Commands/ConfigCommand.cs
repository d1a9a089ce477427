using System.CommandLine;
using Chronik.Server.Options;
using Chronik.Server.Output;

namespace Chronik.Server.Commands;

/// <summary><c>config</c>: what the server would run with, and why.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "config",
            "Show every setting in force and where it comes from.",
            "chronik-server config",
            "chronik-server config --config server.properties --changed",
            "KAFKA_LOG_RETENTION_MS=60000 chronik-server config -o json");
        var options = new SettingOptions();
        options.AddTo(command);
        var changed = new Option<bool>("--changed") { Description = "Only those that somebody set." };
        command.Add(changed);
        var format = FormatOption.AddTo(command);
        command.SetAction(result => Run(options.Load(result, context), result.GetValue(changed), result.GetValue(format), context));
        return command;
    }

    private static int Run(EffectiveSettings settings, bool changedOnly, OutputFormat format, CommandContext context)
    {
        foreach (var notice in settings.Notices)
            context.Error.WriteLine(notice);
        BrokerOptionsBuilder.Build(settings, context.Environment, out var problems);
        foreach (var problem in problems)
            context.Error.WriteLine(problem);

        var rows = settings.All()
            .Where(row => !changedOnly || row.Origin != EffectiveSettings.DefaultOrigin)
            .Select(row => new SettingRow(row.Setting.Name, row.Value ?? InPlace(row.Setting, context), row.Origin, row.Setting.Meaning))
            .ToList();
        if (format == OutputFormat.Json)
            Json.Write(context.Output, rows, JsonShapes.Default.ListSettingRow);
        else
            Table.Write(context.Output, ["setting", "value", "from"], rows.Select(row => new[] { row.Name, row.Value ?? "", row.From }));
        return problems.Count == 0 ? ExitCode.Done : ExitCode.Misused;
    }

    /// <summary>What holds where nothing is set and the default is no fixed text.</summary>
    private static string? InPlace(Setting setting, CommandContext context) =>
        setting.Name == SettingTable.LogDirs ? DataDirectory.Default(context.Environment) : null;
}
