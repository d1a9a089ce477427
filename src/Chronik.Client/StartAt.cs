namespace Chronik.Client;

/// <summary>A place in a partition: its beginning, its end, an offset, or the first record that is as young as a time.</summary>
public readonly record struct StartAt
{
    private const long LatestTimestamp = -1;
    private const long EarliestTimestamp = -2;

    private StartAt(long timestamp, long? exactOffset)
    {
        Timestamp = timestamp;
        ExactOffset = exactOffset;
    }

    /// <summary>The oldest record that is still there.</summary>
    public static StartAt Beginning { get; } = new(EarliestTimestamp, exactOffset: null);

    /// <summary>Behind the newest record.</summary>
    public static StartAt End { get; } = new(LatestTimestamp, exactOffset: null);

    /// <summary>The offset, if it is one.</summary>
    public long? ExactOffset { get; }

    /// <summary>What ListOffsets is asked for: milliseconds since 1970, -1 for the end or -2 for the beginning.</summary>
    public long Timestamp { get; }

    /// <summary>An offset.</summary>
    public static StartAt Offset(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return new StartAt(0, offset);
    }

    /// <summary>The first record of this time or later; the end where there is none.</summary>
    public static StartAt Time(DateTimeOffset time) => new(Math.Max(0, time.ToUnixTimeMilliseconds()), exactOffset: null);
}
