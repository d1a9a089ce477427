using System.CommandLine;
using Chronik.Server.Options;

namespace Chronik.Server.Commands;

/// <summary>The options that settings come from, of <c>start</c> and <c>config</c>.</summary>
internal sealed class SettingOptions
{
    private readonly Option<string[]> _listen = new("--listen")
    {
        Description = "Where to listen; may be given several times. Port 0 takes a free port. Default: localhost:9092.",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _advertise = new("--advertise")
    {
        Description = "The address that clients are told. Default: the one that each client connected to.",
        HelpName = "HOST[:PORT]",
    };

    private readonly Option<string?> _dataDirectory = new("--data-dir")
    {
        Description = "The data folder. Default: $CHRONIK_DATA_DIR, else chronik in the user's state folder (~/.local/state).",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "A file of settings; Kafka's server.properties is understood. Default: chronik.properties, where there is one.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any setting by Kafka's name; may be given several times.",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Allow other machines to connect without TLS.",
    };

    public void AddTo(Command command)
    {
        Option[] options = [_listen, _advertise, _dataDirectory, _config, _set, _insecure];
        foreach (var option in options)
            command.Add(option);
    }

    /// <summary>The settings in force.</summary>
    public EffectiveSettings Load(ParseResult result, CommandContext context) => SettingsLoader.Load(
        new CommandLineSettings
        {
            Listen = result.GetValue(_listen) ?? [],
            Advertise = result.GetValue(_advertise),
            DataDirectory = result.GetValue(_dataDirectory),
            ConfigFile = result.GetValue(_config),
            Set = result.GetValue(_set) ?? [],
            Insecure = result.GetValue(_insecure),
        },
        context.Environment,
        context.ReadText);
}
