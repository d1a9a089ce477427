namespace Chronik.Broker.Configs;

/// <summary>One thing that a client wants done to one setting.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Operation">What to do.</param>
/// <param name="Value">The value; null only to delete.</param>
internal readonly record struct ConfigEdit(string Name, ConfigOperation Operation, string? Value);
