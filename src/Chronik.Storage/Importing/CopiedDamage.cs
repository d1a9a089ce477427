namespace Chronik.Storage.Importing;

/// <summary>Bytes of a log file that are no valid batch.</summary>
/// <param name="File">The file that they were copied from.</param>
/// <param name="Position">Where they begin.</param>
/// <param name="End">Where they end.</param>
/// <param name="FirstOffset">The first offset that cannot be read.</param>
/// <param name="NextOffset">The first one behind them that can; null where nothing follows in the file.</param>
public sealed record CopiedDamage(string File, long Position, long End, long FirstOffset, long? NextOffset);
