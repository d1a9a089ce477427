namespace Chronik.Broker.Configs;

/// <summary>One setting that a topic, a group or the broker has.</summary>
/// <param name="Name">Kafka's name, or chronik.* where Kafka has none.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="Default">The value where nobody set one; null for none.</param>
/// <param name="Documentation">What it does, in a sentence or two.</param>
internal sealed record ConfigDefinition(string Name, ConfigType Type, string? Default, string Documentation)
{
    /// <summary>Says what is wrong with a value of the right type, in Kafka's words, or null.</summary>
    internal Func<string, string?>? Check { get; init; }

    /// <summary>The same for each item of a list.</summary>
    internal Func<string, string?>? CheckItem { get; init; }

    /// <summary>
    /// Broker settings that a topic's setting falls back on, the first that is set wins;
    /// the factor makes the topic's unit of the broker's (log.retention.hours, retention.ms).
    /// </summary>
    internal IReadOnlyList<(string Name, long Factor)> BrokerSynonyms { get; init; } = [];

    /// <summary>A secret: its value is stored, never shown.</summary>
    internal bool IsSensitive => Type == ConfigType.Password;

    /// <summary>Cannot be changed while the broker runs.</summary>
    internal bool IsReadOnly { get; init; }
}
