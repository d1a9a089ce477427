namespace Chronik.Campaigns.RealBroker;

/// <summary>How much the load does.</summary>
internal sealed record LoadShape
{
    /// <summary>How long the topics of each name live before they are deleted and made again.</summary>
    public IReadOnlyList<TimeSpan> TopicLives { get; init; } = [TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10)];

    public int Partitions { get; init; } = 2;

    /// <summary>The longest pause of a writer between two bursts.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>The most records of a burst.</summary>
    public int BurstMax { get; init; } = 20;

    /// <summary>chronik.flush of the topics: with <c>os</c> acknowledged records may be lost in a power cut.</summary>
    public string Flush { get; init; } = "disk";

    /// <summary>How long a record is sent again before it has failed.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Settings of a server that shall roll segments, move recovery points and look for old segments all the time.</summary>
    public static IReadOnlyList<string> ServerOptions { get; } =
    [
        "--set", "auto.create.topics.enable=false",
        "--set", "log.segment.bytes=1048576",
        "--set", "log.roll.ms=300",
        "--set", "log.flush.offset.checkpoint.interval.ms=70",
        "--set", "log.retention.check.interval.ms=200",
    ];
}
