namespace Chronik.Protocol;

/// <summary>What the schemas say of a request: its versions and its headers.</summary>
/// <param name="Key">Its number on the wire.</param>
/// <param name="Name">Its name.</param>
/// <param name="LowestVersion">The oldest version that has messages here.</param>
/// <param name="HighestVersion">The newest version that has messages here.</param>
/// <param name="FirstFlexibleVersion">The first version with compact lengths and tagged fields; 32767 where there is none.</param>
public sealed record ApiDescription(ApiKey Key, string Name, short LowestVersion, short HighestVersion, short FirstFlexibleVersion)
{
    /// <summary>True for a version that has messages here.</summary>
    public bool Has(short version) => version >= LowestVersion && version <= HighestVersion;

    /// <summary>True where lengths are compact and structures end with tagged fields.</summary>
    public bool IsFlexible(short version) => version >= FirstFlexibleVersion;

    /// <summary>The version of the header in front of a request of this version.</summary>
    public short RequestHeaderVersion(short version) => IsFlexible(version) ? (short)2 : (short)1;

    /// <summary>
    /// The version of the header in front of a response of this version. That of ApiVersions is always 0: a client
    /// that does not know yet what the broker speaks must be able to read it (KIP-511).
    /// </summary>
    public short ResponseHeaderVersion(short version) =>
        IsFlexible(version) && Key != ApiKey.ApiVersions ? (short)1 : (short)0;
}
