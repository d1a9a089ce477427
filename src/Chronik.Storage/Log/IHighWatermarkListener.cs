namespace Chronik.Storage.Log;

/// <summary>Told when more of a partition may be read, so that waiting fetches look again.</summary>
public interface IHighWatermarkListener
{
    /// <summary>Called after the high watermark moved, never under the partition's lock; must be quick and must not throw.</summary>
    void OnHighWatermarkAdvanced(IPartitionLog log);
}
