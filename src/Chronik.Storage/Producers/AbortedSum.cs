namespace Chronik.Storage.Producers;

/// <summary>What the transaction indexes held of the markers in a range of offsets.</summary>
/// <param name="Start">The first offset.</param>
/// <param name="End">The offset behind the last.</param>
/// <param name="Count">Aborted transactions that end there.</param>
/// <param name="Crc">The CRC-32C of their entries, as they stand in the index.</param>
internal readonly record struct AbortedSum(long Start, long End, int Count, uint Crc);
