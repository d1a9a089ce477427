namespace Chronik.Storage.Segments;

/// <summary>Bytes of a segment that are no valid batch, with valid ones behind them.</summary>
/// <param name="FirstOffset">The first offset that cannot be read.</param>
/// <param name="NextOffset">The first that can be read again.</param>
/// <param name="Position">Where the damage starts.</param>
/// <param name="End">Where the next valid batch starts.</param>
internal readonly record struct DamagedRange(long FirstOffset, long NextOffset, int Position, int End);
