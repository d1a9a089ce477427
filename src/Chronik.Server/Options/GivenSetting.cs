namespace Chronik.Server.Options;

/// <summary>A setting as somebody gave it.</summary>
/// <param name="Name">The name, as Kafka writes it.</param>
/// <param name="Value">The text that was given.</param>
/// <param name="Origin">Where: a file with its line, an environment variable, an option of the command line.</param>
internal sealed record GivenSetting(string Name, string Value, string Origin);
