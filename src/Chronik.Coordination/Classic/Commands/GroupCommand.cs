namespace Chronik.Coordination.Classic.Commands;

/// <summary>Something happens to a group.</summary>
public abstract record GroupCommand;
