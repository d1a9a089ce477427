namespace Chronik.Server.Options;

/// <summary>What the options of <c>start</c> and <c>config</c> say.</summary>
internal sealed record CommandLineSettings
{
    /// <summary>--config.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>--data-dir.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>--listen, several.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>--advertise.</summary>
    public string? Advertise { get; init; }

    /// <summary>--insecure.</summary>
    public bool Insecure { get; init; }

    /// <summary>--set name=value, several.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>The settings that the options stand for; those with a name of their own win over --set.</summary>
    public List<GivenSetting> Settings(List<string> problems)
    {
        var settings = new List<GivenSetting>();
        foreach (var pair in Set)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                settings.Add(new GivenSetting(pair[..equals].Trim(), pair[(equals + 1)..], "--set"));
            else
                problems.Add($"--set {pair} names no value: write --set NAME=VALUE, for example --set log.retention.hours=24.");
        }

        if (DataDirectory is not null)
            settings.Add(new GivenSetting(SettingTable.LogDirs, DataDirectory, "--data-dir"));
        if (Listen.Count > 0)
            settings.Add(new GivenSetting(SettingTable.Listeners, string.Join(',', Listen), "--listen"));
        if (Advertise is not null)
            settings.Add(new GivenSetting(SettingTable.AdvertisedListeners, Advertise, "--advertise"));
        if (Insecure)
            settings.Add(new GivenSetting(SettingTable.Insecure, "true", "--insecure"));
        return settings;
    }
}
