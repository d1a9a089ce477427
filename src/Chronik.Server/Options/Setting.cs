using System.Globalization;

namespace Chronik.Server.Options;

/// <summary>A setting that Chronik acts on.</summary>
/// <param name="Name">Kafka's name, or chronik.* where Kafka has none.</param>
/// <param name="Kind">What its value looks like.</param>
/// <param name="Default">The value where nobody set one; null for none.</param>
/// <param name="Meaning">What it does, in one sentence.</param>
internal sealed record Setting(string Name, SettingKind Kind, string? Default, string Meaning)
{
    /// <summary>What a helpful error message suggests to write.</summary>
    public string? Example { get; init; }

    /// <summary>Another name of Kafka's for the same thing, used where the first is not set.</summary>
    public string? Alias { get; init; }

    /// <summary>
    /// Settings that say the same in other units (log.retention.hours, .minutes, .ms): one set in a later source takes
    /// the place of all of the family that were set earlier.
    /// </summary>
    public string? Family { get; init; }

    /// <summary>Says what is wrong with a value of the right kind, or null.</summary>
    public Func<string, string?>? Check { get; init; }

    /// <summary>Says what is wrong with a value, as the end of a sentence, or null.</summary>
    public string? Problem(string value) => Kind switch
    {
        SettingKind.Boolean when !bool.TryParse(value, out _) => "which is neither true nor false",
        SettingKind.Int when !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "which is not a whole number of 32 bits",
        SettingKind.Long when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "which is not a whole number",
        SettingKind.Double when !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => "which is not a number",
        _ => Check?.Invoke(value),
    };
}
