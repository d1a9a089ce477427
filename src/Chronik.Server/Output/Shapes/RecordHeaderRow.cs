namespace Chronik.Server.Output;

/// <summary>A record's header.</summary>
internal sealed record RecordHeaderRow(string Name, string? Value, string? ValueBase64);
