namespace Chronik.Storage.Compaction;

/// <summary>What a compaction did.</summary>
internal sealed class CompactionStats
{
    /// <summary>Bytes that were read to note the keys.</summary>
    public long MapBytesRead { get; set; }

    /// <summary>Bytes of the segments that were written anew.</summary>
    public long BytesRead { get; set; }

    /// <summary>Bytes of what was written.</summary>
    public long BytesKept { get; set; }

    public long RecordsRead { get; set; }

    public long RecordsKept { get; set; }

    /// <summary>Records without a key, which were dropped.</summary>
    public long KeylessRecords { get; set; }

    /// <summary>All bytes that went from and to the disk.</summary>
    public long BytesMoved => MapBytesRead + BytesRead + BytesKept;
}
