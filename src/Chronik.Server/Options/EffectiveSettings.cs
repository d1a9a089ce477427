using System.Globalization;

namespace Chronik.Server.Options;

/// <summary>The settings in force, and where each comes from.</summary>
internal sealed class EffectiveSettings(
    IReadOnlyDictionary<string, GivenSetting> given,
    IReadOnlyList<string> problems,
    IReadOnlyList<string> notices)
{
    public const string DefaultOrigin = "default";

    /// <summary>What was given and is in force, by Kafka's name.</summary>
    public IReadOnlyDictionary<string, GivenSetting> Given => given;

    /// <summary>What makes starting impossible, a sentence each.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>What is worth saying, a sentence each.</summary>
    public IReadOnlyList<string> Notices => notices;

    /// <summary>Every setting with its value and origin, by name.</summary>
    public IEnumerable<(Setting Setting, string? Value, string Origin)> All() =>
        SettingTable.All.Select(setting => given.TryGetValue(setting.Name, out var value)
            ? (setting, value.Value, value.Origin)
            : (setting, setting.Default, DefaultOrigin));

    /// <summary>A value in force, or null where none was given and there is no default.</summary>
    public string? Text(string name) => given.GetValueOrDefault(name)?.Value ?? SettingTable.ByName[name].Default;

    public bool Bool(string name) => bool.Parse(Text(name)!);

    public int Int(string name) => int.Parse(Text(name)!, CultureInfo.InvariantCulture);

    public long Long(string name) => long.Parse(Text(name)!, CultureInfo.InvariantCulture);
}
