using Chronik.Broker.Dispatch;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Data;

/// <summary>
/// The features of KIP-584 that this broker has. Each is there when the requests that it stands for are served, at the level
/// that they amount to; Kafka's metadata.version, kraft.version and eligible.leader.replicas.version speak of its controllers
/// and replicas, which are not here.
/// </summary>
internal sealed class Features
{
    private const short FirstVersionThatMayStartAtZero = 4;
    private const short TransactionsWithEpochs = 5;

    private static readonly (string Name, short Level, (ApiKey Key, short Version)[] Needs)[] s_known =
    [
        ("group.version", 1, [(ApiKey.ConsumerGroupHeartbeat, 0), (ApiKey.ConsumerGroupDescribe, 0)]),
        ("share.version", 1, [(ApiKey.ShareGroupHeartbeat, 1), (ApiKey.ShareGroupDescribe, 1), (ApiKey.ShareFetch, 1), (ApiKey.ShareAcknowledge, 1)]),
        ("streams.version", 1, [(ApiKey.StreamsGroupHeartbeat, 0), (ApiKey.StreamsGroupDescribe, 0)]),
        ("transaction.version", 2, [(ApiKey.EndTxn, TransactionsWithEpochs), (ApiKey.WriteTxnMarkers, 1)]),
    ];

    private readonly List<ApiVersionsResponse.SupportedFeatureKey> _supported = [];
    private readonly List<ApiVersionsResponse.FinalizedFeatureKey> _finalized = [];

    /// <summary>Finds the features that the APIs amount to.</summary>
    public Features(ApiTable apis)
    {
        foreach ((string name, short level, (ApiKey Key, short Version)[] needs) in s_known)
        {
            if (needs.All(need => apis.TryGet((short)need.Key, out ApiEntry? api) && api.Versions.Contains(need.Version)))
            {
                _supported.Add(new() { Name = name, MinVersion = 0, MaxVersion = level });
                _finalized.Add(new() { Name = name, MinVersionLevel = level, MaxVersionLevel = level });
            }
        }
    }

    /// <summary>Tells a client: those of v3 take a smallest version of zero for a broken answer, so Kafka leaves these out.</summary>
    public void AddTo(ApiVersionsResponse response, short version)
    {
        response.SupportedFeatures = version < FirstVersionThatMayStartAtZero ? [] : _supported;
        response.FinalizedFeatures = _finalized;
        response.FinalizedFeaturesEpoch = _finalized.Count == 0 ? -1 : 0;
    }
}
