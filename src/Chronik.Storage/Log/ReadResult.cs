using Chronik.Protocol;

namespace Chronik.Storage.Log;

/// <summary>What a read returned.</summary>
/// <param name="Error">NONE, OFFSET_OUT_OF_RANGE, CORRUPT_MESSAGE or KAFKA_STORAGE_ERROR.</param>
/// <param name="Records">Whole batches, in memory or as a region of a segment file; dispose its external part when sent.</param>
/// <param name="HighWatermark">At the time of the read.</param>
/// <param name="LastStableOffset">At the time of the read.</param>
/// <param name="LogStartOffset">At the time of the read.</param>
/// <param name="Aborted">The aborted transactions that overlap the range (read_committed), else empty.</param>
public readonly record struct ReadResult(
    ErrorCode Error,
    RecordData Records,
    long HighWatermark,
    long LastStableOffset,
    long LogStartOffset,
    IReadOnlyList<AbortedTransaction> Aborted);
