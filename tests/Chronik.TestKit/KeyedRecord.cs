namespace Chronik.TestKit;

/// <summary>A record as compaction sees it.</summary>
/// <param name="Offset">Where it was written.</param>
/// <param name="Key">Null: it has none, and may be dropped at any time.</param>
/// <param name="IsTombstone">It has no value: it removes its key.</param>
/// <param name="IsCommitted">False: its transaction was aborted. Null: its transaction is open.</param>
public readonly record struct KeyedRecord(long Offset, string? Key, bool IsTombstone, bool? IsCommitted);
