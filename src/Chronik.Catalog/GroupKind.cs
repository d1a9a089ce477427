namespace Chronik.Catalog;

/// <summary>The protocol that a group speaks. Stored: values may only be added.</summary>
public enum GroupKind
{
    /// <summary>JoinGroup and SyncGroup.</summary>
    Classic = 1,

    /// <summary>ConsumerGroupHeartbeat (KIP-848).</summary>
    Consumer = 2,
}
