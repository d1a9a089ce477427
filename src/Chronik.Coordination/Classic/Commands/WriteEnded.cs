namespace Chronik.Coordination.Classic.Commands;

/// <summary>What the machine asked to be stored is stored, or was refused.</summary>
public sealed record WriteEnded(GroupWrite Write, bool Succeeded) : GroupCommand;
