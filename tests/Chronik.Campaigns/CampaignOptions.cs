using System.Globalization;

namespace Chronik.Campaigns;

/// <summary>A campaign's options as given: <c>--name value</c>.</summary>
internal sealed class CampaignOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public static CampaignOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new CampaignOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Count)
                throw new ArgumentException($"'{arguments[i]}' is not an option with a value: write --name value.");
            options._values[arguments[i][2..]] = arguments[i + 1];
        }

        return options;
    }

    public int Number(string name, int otherwise) =>
        Text(name, "") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public string Text(string name, string otherwise)
    {
        _asked.Add(name);
        return _values.GetValueOrDefault(name, otherwise);
    }

    /// <summary>Given, but asked for by nobody.</summary>
    public IEnumerable<string> Unknown() => _values.Keys.Except(_asked);
}
