namespace Chronik.Storage.Verification;

/// <summary>The transactions that are open at a place of the log, as its batches tell.</summary>
internal sealed class OpenTransactions
{
    private readonly Dictionary<long, long> _firstOffsets = [];

    public void Begin(long producerId, long offset) => _firstOffsets.TryAdd(producerId, offset);

    /// <summary>Ends a producer's transaction; its first offset, or null where none was seen to begin.</summary>
    public long? End(long producerId) => _firstOffsets.Remove(producerId, out var first) ? first : null;

    public long? FirstOffset => _firstOffsets.Count == 0 ? null : _firstOffsets.Values.Min();
}
