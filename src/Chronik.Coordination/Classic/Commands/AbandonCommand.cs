namespace Chronik.Coordination.Classic.Commands;

/// <summary>The connection of a parked request is gone.</summary>
public sealed record AbandonCommand(RequestId Request) : GroupCommand;
