namespace Chronik.Client;

/// <summary>What is special about a request.</summary>
public sealed record SendOptions
{
    /// <summary>The newest version that says what the caller means, such as the last that names topics by name.</summary>
    public short? HighestVersion { get; init; }

    /// <summary>How long the broker may take to answer, where it is more or less than usual.</summary>
    public TimeSpan? Timeout { get; init; }
}
