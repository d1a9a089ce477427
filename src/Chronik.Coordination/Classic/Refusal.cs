namespace Chronik.Coordination.Classic;

/// <summary>An assignment that is not taken, and when its leader is told.</summary>
/// <param name="DueAt">When.</param>
/// <param name="Reason">What is wrong with it, for people.</param>
public sealed record Refusal(TimeSpan DueAt, string Reason);
