namespace Chronik.Broker.Fetching;

/// <summary>The epochs of fetch sessions (KIP-227).</summary>
internal static class FetchEpoch
{
    /// <summary>Asks for a new session.</summary>
    public const int Initial = 0;

    /// <summary>Wants no session, and ends the one that is named.</summary>
    public const int Final = -1;

    /// <summary>The epoch after this one; it wraps past 0.</summary>
    public static int Next(int epoch) => epoch == int.MaxValue ? 1 : epoch + 1;
}
