namespace Chronik.Client;

/// <summary>When a broker answers a Produce request.</summary>
public enum Acks : short
{
    /// <summary>Never: records may be lost silently.</summary>
    None = 0,

    /// <summary>When its leader has written the records.</summary>
    Leader = 1,

    /// <summary>When all in-sync replicas have; from Chronik, when they are on disk.</summary>
    All = -1,
}
