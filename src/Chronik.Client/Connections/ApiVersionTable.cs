using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client.Connections;

/// <summary>The versions that a broker serves.</summary>
internal sealed class ApiVersionTable
{
    private readonly Dictionary<short, (short Lowest, short Highest)> _ranges = [];

    private ApiVersionTable(IEnumerable<ApiVersionsResponse.ApiVersion> served)
    {
        foreach (var api in served)
            _ranges[api.ApiKey] = (api.MinVersion, api.MaxVersion);
    }

    /// <summary>What brokers served before there was ApiVersions (0.9): the first versions of the first requests.</summary>
    public static ApiVersionTable Oldest { get; } = new(
        Enumerable.Range((int)ApiKey.Produce, (int)ApiKey.ListGroups + 1).Select(key => new ApiVersionsResponse.ApiVersion { ApiKey = (short)key }));

    public static ApiVersionTable From(ApiVersionsResponse response) => new(response.ApiKeys);

    /// <summary>The newest version that both sides have, and the caller accepts.</summary>
    /// <exception cref="UnsupportedVersionException">There is none.</exception>
    public short Choose(ApiDescription api, short? highestAccepted)
    {
        if (!_ranges.TryGetValue((short)api.Key, out var served))
            throw new UnsupportedVersionException($"The broker does not serve {api.Name}.");
        short version = Math.Min(Math.Min(served.Highest, api.HighestVersion), highestAccepted ?? short.MaxValue);
        if (version < Math.Max(served.Lowest, api.LowestVersion))
            throw new UnsupportedVersionException($"The broker serves {api.Name} {served.Lowest}-{served.Highest}; version {version} or older is needed.");
        return version;
    }
}
