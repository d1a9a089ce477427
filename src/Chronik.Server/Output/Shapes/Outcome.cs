namespace Chronik.Server.Output;

/// <summary>What was done to something, one for each name that was given.</summary>
internal sealed record Outcome(string Name, string Result);
