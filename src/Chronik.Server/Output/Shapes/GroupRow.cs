namespace Chronik.Server.Output;

/// <summary>A group in a list.</summary>
internal sealed record GroupRow(string Group, string State, string Type, string ProtocolType);
