namespace Chronik.Server.Output;

/// <summary>A setting that is not at its default.</summary>
internal sealed record ConfigRow(string Name, string? Value, string From);
