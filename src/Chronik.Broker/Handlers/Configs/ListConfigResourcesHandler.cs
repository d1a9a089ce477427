using Chronik.Broker.Configs;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Configs;

/// <summary>ListConfigResources (74), versions 0-1: what has settings. In version 0 client metrics alone, of which there are none (KIP-1142).</summary>
internal sealed class ListConfigResourcesHandler(TopicRegistry topics, ConfigStore configs, BrokerSettings broker)
    : IRequestHandler<ListConfigResourcesRequest, ListConfigResourcesResponse>
{
    private static readonly byte[] Kinds =
        [ConfigResourceKind.Group, ConfigResourceKind.ClientMetrics, ConfigResourceKind.BrokerLogger, ConfigResourceKind.Broker, ConfigResourceKind.Topic];

    /// <inheritdoc/>
    public ValueTask<ListConfigResourcesResponse?> HandleAsync(RequestContext context, ListConfigResourcesRequest request)
    {
        var response = new ListConfigResourcesResponse();
        var kinds = context.ApiVersion == 0 ? [ConfigResourceKind.ClientMetrics]
            : request.ResourceTypes.Count == 0 ? Kinds
            : request.ResourceTypes.Select(t => (byte)t).Distinct().ToArray();
        if (kinds.Except(Kinds).Any())
        {
            response.ErrorCode = ErrorCode.UnsupportedVersion;
            return new(response);
        }
        foreach (var kind in kinds)
            response.ConfigResources.AddRange(Names(kind).Select(name => new ListConfigResourcesResponse.ConfigResource { ResourceName = name, ResourceType = (sbyte)kind }));
        return new(response);
    }

    private IEnumerable<string> Names(byte kind) => kind switch
    {
        ConfigResourceKind.Topic => topics.Current.Topics.Select(t => t.Name),
        ConfigResourceKind.Broker => [broker.ThisBroker.Name],
        ConfigResourceKind.Group => configs.Resources.Where(r => r.Kind == ConfigResourceKind.Group).Select(r => r.Name).Order(StringComparer.Ordinal),
        _ => [],
    };
}
