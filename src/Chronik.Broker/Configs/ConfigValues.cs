using System.Globalization;

namespace Chronik.Broker.Configs;

/// <summary>Checks and reads the texts of config values as Kafka does, with its messages.</summary>
internal static class ConfigValues
{
    /// <summary>Says why <paramref name="value"/> cannot be a value of <paramref name="definition"/>, or null.</summary>
    internal static string? Problem(ConfigDefinition definition, string value)
    {
        var text = value.Trim();
        var wrongType = definition.Type switch
        {
            ConfigType.Boolean when !IsBoolean(text) => "Expected value to be either true or false",
            ConfigType.Int when !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "Not a number of type INT",
            ConfigType.Short when !short.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "Not a number of type SHORT",
            ConfigType.Long when !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "Not a number of type LONG",
            ConfigType.Double when !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => "Not a number of type DOUBLE",
            _ => null,
        };
        if (wrongType is not null)
            return Message(definition, value, wrongType);
        if (definition.Type == ConfigType.List)
        {
            foreach (var item in List(text))
            {
                if (definition.CheckItem?.Invoke(item) is { } wrongItem)
                    return Message(definition, item, wrongItem);
            }
        }
        return definition.Check?.Invoke(text) is { } problem ? Message(definition, Shown(definition.Type, text), problem) : null;
    }

    /// <summary>The value as Kafka prints it once it is parsed.</summary>
    private static string Shown(ConfigType type, string text) => type switch
    {
        ConfigType.Double when Double(text) is var number && double.IsInteger(number) => number.ToString("0.0", CultureInfo.InvariantCulture),
        ConfigType.List => $"[{string.Join(", ", List(text))}]",
        _ => text,
    };

    private static string Message(ConfigDefinition definition, string value, string problem) =>
        $"Invalid value {value} for configuration {definition.Name}: {problem}";

    internal static bool Boolean(string text) => bool.Parse(text.Trim());

    internal static int Int(string text) => int.Parse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    internal static long Long(string text) => long.Parse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    internal static double Double(string text) => double.Parse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The items of a comma-separated list.</summary>
    internal static string[] List(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A check that a number is not below <paramref name="least"/>.</summary>
    internal static Func<string, string?> AtLeast(long least) =>
        text => Long(text) < least ? string.Create(CultureInfo.InvariantCulture, $"Value must be at least {least}") : null;

    /// <summary>A check that a whole number lies in a range.</summary>
    internal static Func<string, string?> Between(long least, long most) =>
        text => Long(text) < least ? string.Create(CultureInfo.InvariantCulture, $"Value must be at least {least}")
            : Long(text) > most ? string.Create(CultureInfo.InvariantCulture, $"Value must be no more than {most}")
            : null;

    /// <summary>A check that a value is one of a few.</summary>
    internal static Func<string, string?> OneOf(params string[] values) =>
        text => Array.IndexOf(values, text) < 0 ? $"String must be one of: {string.Join(", ", values)}" : null;

    private static bool IsBoolean(string text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase);
}
