namespace Chronik.Server.Options;

/// <summary>Brings settings from all sources together: later ones win over earlier ones.</summary>
internal sealed class SettingsLoader
{
    public const string DefaultFile = "chronik.properties";

    private readonly Dictionary<string, GivenSetting> _given = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private readonly List<string> _notices = [];

    /// <summary>Loads the settings in force.</summary>
    /// <param name="commandLine">What the command line says.</param>
    /// <param name="environment">The environment variables.</param>
    /// <param name="readFile">Reads a text file; null where there is none.</param>
    public static EffectiveSettings Load(
        CommandLineSettings commandLine,
        IReadOnlyDictionary<string, string> environment,
        Func<string, string?> readFile)
    {
        var loader = new SettingsLoader();
        loader.AddFile(commandLine.ConfigFile, environment.GetValueOrDefault("CHRONIK_CONFIG"), readFile);
        loader.Add(EnvironmentSettings.OfKafka(environment), typosAreErrors: false);
        loader.Add(EnvironmentSettings.OfChronik(environment, loader._notices), typosAreErrors: false);
        loader.Add(commandLine.Settings(loader._problems), typosAreErrors: true);
        loader.Check();
        return new EffectiveSettings(loader._given, loader._problems, loader._notices);
    }

    private void AddFile(string? fromOption, string? fromEnvironment, Func<string, string?> readFile)
    {
        var path = fromOption ?? fromEnvironment;
        string? text;
        try
        {
            text = readFile(path ?? DefaultFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems.Add($"The configuration file {path ?? DefaultFile} cannot be read: {e.Message}");
            return;
        }

        if (text is not null)
        {
            var name = Path.GetFileName(path ?? DefaultFile);
            Add(PropertiesFile.Read(text).Select(entry => new GivenSetting(entry.Name, entry.Value, $"{name}:{entry.Line}")), typosAreErrors: true);
        }
        else if (path is not null)
        {
            var where = fromOption is null ? "CHRONIK_CONFIG" : "--config";
            _problems.Add($"The configuration file {path} ({where}) does not exist: name one that does, or leave {where} out.");
        }
    }

    private void Add(IEnumerable<GivenSetting> source, bool typosAreErrors)
    {
        var withoutEffect = new List<string>();
        var families = new HashSet<string>(StringComparer.Ordinal);

        // A setting's own name wins over its alias in the same source (log.dirs over log.dir).
        foreach (var setting in source.OrderBy(s => IsAlias(s.Name) ? 0 : 1).ToList())
        {
            if (!SettingTable.ByName.TryGetValue(setting.Name, out var known))
            {
                AddUnknown(setting, typosAreErrors, withoutEffect);
                continue;
            }

            // Within one source Kafka's own order holds: milliseconds before minutes before hours.
            if (known.Family is not null && families.Add(known.Family))
            {
                foreach (var other in SettingTable.All.Where(s => s.Family == known.Family))
                    _given.Remove(other.Name);
            }

            _given[known.Name] = setting with { Name = known.Name, Value = setting.Value.Trim() };
        }

        if (withoutEffect.Count > 0)
            _notices.Add($"Settings of Apache Kafka that have no effect here: {string.Join(", ", withoutEffect.Distinct(StringComparer.Ordinal))}.");
    }

    private static bool IsAlias(string name) => SettingTable.ByName.TryGetValue(name, out var setting) && setting.Name != name;

    private void AddUnknown(GivenSetting setting, bool typosAreErrors, List<string> withoutEffect)
    {
        if (KafkaSettings.Has(setting.Name))
        {
            withoutEffect.Add(setting.Name);
            return;
        }

        var near = Spelling.Nearest(setting.Name, SettingTable.ByName.Keys.Concat(KafkaSettings.Names));
        if (near is not null && typosAreErrors)
            _problems.Add($"{setting.Name} ({setting.Origin}) is not a setting: did you mean {near}?");
        else if (setting.Origin.StartsWith("--", StringComparison.Ordinal))
            _problems.Add($"{setting.Name} ({setting.Origin}) is not a setting: `chronik-server config` lists all there are.");
        else
            _notices.Add($"{setting.Name} ({setting.Origin}) is not a setting of Chronik or Apache Kafka, and has no effect.");
    }

    private void Check()
    {
        foreach (var setting in _given.Values.OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            var known = SettingTable.ByName[setting.Name];
            if (known.Problem(setting.Value) is { } problem)
                _problems.Add($"{setting.Name} is '{setting.Value}' ({setting.Origin}), {problem}: write for example {known.Example ?? $"{known.Name}={known.Default}"}.");
        }
    }
}
