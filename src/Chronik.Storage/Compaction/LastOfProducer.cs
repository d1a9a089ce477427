namespace Chronik.Storage.Compaction;

/// <summary>The last batch of a producer that the log remembers: it must not vanish, its sequence number would with it.</summary>
/// <param name="DataOffset">The last offset of its last batch, or <see cref="NoData"/> where there is only a marker of it.</param>
/// <param name="Epoch">The producer's epoch.</param>
internal readonly record struct LastOfProducer(long DataOffset, short Epoch)
{
    public const long NoData = -1;
}
