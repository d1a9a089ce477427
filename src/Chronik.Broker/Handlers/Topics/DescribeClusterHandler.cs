using System.Globalization;
using Chronik.Broker.Dispatch;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Topics;

/// <summary>DescribeCluster (60), versions 0-2: the cluster's id, controller and brokers. 1: endpoint type (KIP-919); 2: fenced brokers.</summary>
internal sealed class DescribeClusterHandler(BrokerIdentity identity, BrokerOptions options)
    : IRequestHandler<DescribeClusterRequest, DescribeClusterResponse>
{
    private const sbyte BrokerEndpoint = 1;
    private const sbyte ControllerEndpoint = 2;

    /// <inheritdoc/>
    public ValueTask<DescribeClusterResponse?> HandleAsync(RequestContext context, DescribeClusterRequest request) =>
        new(request.EndpointType switch
        {
            BrokerEndpoint => Describe(context, request),
            ControllerEndpoint => Failed(
                ErrorCode.MismatchedEndpointType, "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"),
            var other => Failed(ErrorCode.UnsupportedEndpointType, string.Create(CultureInfo.InvariantCulture, $"Unsupported endpoint type {other}")),
        });

    private static DescribeClusterResponse Failed(ErrorCode error, string message) => new() { ErrorCode = error, ErrorMessage = message };

    private DescribeClusterResponse Describe(RequestContext context, DescribeClusterRequest request) => new()
    {
        ClusterId = identity.ClusterId,
        ControllerId = identity.NodeId,
        Brokers = [new() { BrokerId = identity.NodeId, Host = context.Advertised.Host, Port = context.Advertised.Port, Rack = options.Rack }],
        ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? AuthorizedOperations.Cluster : AuthorizedOperations.NotAsked,
    };
}
