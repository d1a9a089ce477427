namespace Chronik.Server.Options;

/// <summary>Finds settings in environment variables.</summary>
internal static class EnvironmentSettings
{
    /// <summary>Variables that have a meaning of their own.</summary>
    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["CHRONIK_ADVERTISE"] = SettingTable.AdvertisedListeners,
        ["CHRONIK_DATA_DIR"] = SettingTable.LogDirs,
        ["CHRONIK_INSECURE"] = SettingTable.Insecure,
        ["CHRONIK_LISTEN"] = SettingTable.Listeners,
    };

    /// <summary>Variables that are no settings.</summary>
    private static readonly string[] Others = ["CHRONIK_CONFIG", "CHRONIK_SERVER", "CHRONIK_LOG"];

    /// <summary>KAFKA_* as in Kafka's image: dots are underscores, underscores are double, dashes are triple.</summary>
    public static IEnumerable<GivenSetting> OfKafka(IReadOnlyDictionary<string, string> environment) =>
        from variable in environment
        where variable.Key.StartsWith("KAFKA_", StringComparison.Ordinal)
        let name = Dotted(variable.Key["KAFKA_".Length..])
        where SettingTable.ByName.ContainsKey(name) || KafkaSettings.Names.Contains(name)
        orderby variable.Key
        select new GivenSetting(name, variable.Value, variable.Key);

    /// <summary>CHRONIK_*: CHRONIK_GROUP_RESCUE_MS is chronik.group.rescue.ms, and some have names of their own.</summary>
    public static IEnumerable<GivenSetting> OfChronik(IReadOnlyDictionary<string, string> environment, List<string> notices)
    {
        foreach (var (variable, value) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith("CHRONIK_", StringComparison.Ordinal) || Array.IndexOf(Others, variable) >= 0 || IsServiceLink(variable))
                continue;
            var name = Named.GetValueOrDefault(variable) ?? Dotted(variable);
            if (SettingTable.ByName.ContainsKey(name))
                yield return new GivenSetting(name, value, variable);
            else if (Spelling.Nearest(variable, Named.Keys.Concat(Others).Concat(SettingTable.All.Where(s => s.Name.StartsWith("chronik.", StringComparison.Ordinal)).Select(s => Variable(s.Name)))) is { } near)
                notices.Add($"The environment variable {variable} is not known and has no effect: did you mean {near}?");
        }
    }

    /// <summary>What Kubernetes and Docker put into containers beside a service named chronik.</summary>
    private static bool IsServiceLink(string variable) =>
        variable.Contains("_SERVICE_", StringComparison.Ordinal) || variable == "CHRONIK_PORT" || variable.StartsWith("CHRONIK_PORT_", StringComparison.Ordinal);

    private static string Variable(string name) => name.Replace('.', '_').ToUpperInvariant();

    private static string Dotted(string variable) => variable.ToLowerInvariant()
        .Replace("___", "-", StringComparison.Ordinal)
        .Replace("__", "\0", StringComparison.Ordinal)
        .Replace('_', '.')
        .Replace('\0', '_');
}
