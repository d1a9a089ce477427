namespace Chronik.Storage.Verification;

/// <summary>How far a verification is; any thread may look.</summary>
public sealed class VerificationProgress
{
    private long _bytesTotal;
    private long _bytes;
    private long _batches;
    private int _segments;
    private int _partitions;

    /// <summary>Bytes of all segments that are looked at.</summary>
    public long BytesTotal => Interlocked.Read(ref _bytesTotal);

    /// <summary>Bytes of segments that were read.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Batches that were found.</summary>
    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Segments that were read.</summary>
    public int Segments => Volatile.Read(ref _segments);

    /// <summary>Partitions that were read.</summary>
    public int Partitions => Volatile.Read(ref _partitions);

    internal void Expect(long bytes) => Interlocked.Add(ref _bytesTotal, bytes);

    internal void AddBatches(long bytes, long batches)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _batches, batches);
    }

    internal void AddSegment() => Interlocked.Increment(ref _segments);

    internal void AddPartition() => Interlocked.Increment(ref _partitions);
}
