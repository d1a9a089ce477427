namespace Chronik.Coordination.Classic.Commands;

/// <summary>Time has passed: whatever is due happens.</summary>
public sealed record TickCommand : GroupCommand
{
    /// <summary>The one there is.</summary>
    public static TickCommand Instance { get; } = new();
}
