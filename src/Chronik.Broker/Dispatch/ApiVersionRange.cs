namespace Chronik.Broker.Dispatch;

/// <summary>Versions of an API, both ends included.</summary>
internal readonly record struct ApiVersionRange(short Lowest, short Highest)
{
    /// <summary>Whether <paramref name="version"/> is one of them.</summary>
    public bool Contains(short version) => version >= Lowest && version <= Highest;
}
