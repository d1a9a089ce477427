namespace Chronik.Server.Output;

/// <summary>A setting in force.</summary>
internal sealed record SettingRow(string Name, string? Value, string From, string Meaning);
