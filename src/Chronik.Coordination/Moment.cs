namespace Chronik.Coordination;

/// <summary>A point in time, on both clocks that a coordinator needs.</summary>
/// <param name="Uptime">A clock that never jumps: deadlines are counted on it.</param>
/// <param name="Wall">The wall clock: what people read, and what outlives a restart.</param>
public readonly record struct Moment(TimeSpan Uptime, DateTimeOffset Wall);
