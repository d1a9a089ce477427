namespace Chronik.Coordination.Offsets;

/// <summary>What rules committed offsets.</summary>
public sealed record OffsetSettings
{
    /// <summary>offset.metadata.max.bytes.</summary>
    public int MetadataSizeMax { get; init; } = 4096;

    /// <summary>offsets.retention.minutes.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromMinutes(10_080);

    /// <summary>offsets.retention.check.interval.ms.</summary>
    public TimeSpan RetentionCheckInterval { get; init; } = TimeSpan.FromMilliseconds(600_000);
}
