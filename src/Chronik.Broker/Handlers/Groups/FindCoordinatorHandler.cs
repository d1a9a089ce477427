using Chronik.Broker.Dispatch;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>
/// FindCoordinator (10), versions 0-6: which broker coordinates a group or a transaction: this one. 1: key types;
/// 4: many keys at a time (KIP-699); 6: shares (KIP-932), which are not served yet.
/// </summary>
internal sealed class FindCoordinatorHandler(BrokerIdentity identity) : IRequestHandler<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const short FirstVersionWithKeys = 4;
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;
    private const string UnknownKeyType = "The coordinator key type is not served.";

    /// <inheritdoc/>
    public ValueTask<FindCoordinatorResponse?> HandleAsync(RequestContext context, FindCoordinatorRequest request)
    {
        var isServed = request.KeyType is GroupKey or TransactionKey;
        if (context.ApiVersion >= FirstVersionWithKeys)
            return new(new FindCoordinatorResponse { Coordinators = [.. request.CoordinatorKeys.Select(key => Coordinator(context, key, isServed))] });
        var found = Coordinator(context, request.Key, isServed);
        return new(new FindCoordinatorResponse
        {
            ErrorCode = found.ErrorCode,
            ErrorMessage = found.ErrorCode == ErrorCode.None ? "NONE" : found.ErrorMessage,
            NodeId = found.NodeId,
            Host = found.Host,
            Port = found.Port,
        });
    }

    private FindCoordinatorResponse.Coordinator Coordinator(RequestContext context, string key, bool isServed) => isServed
        ? new() { Key = key, NodeId = identity.NodeId, Host = context.Advertised.Host, Port = context.Advertised.Port, ErrorMessage = "" }
        : new() { Key = key, NodeId = -1, Port = -1, ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = UnknownKeyType };
}
