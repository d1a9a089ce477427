using Chronik.Broker.Dispatch;
using Chronik.Broker.Producers;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Data;

/// <summary>InitProducerId: a fresh producer id for an idempotent producer (KIP-98).</summary>
/// <remarks>
/// There is no transaction coordinator yet. A transactional producer is told UNSUPPORTED_VERSION, which clients treat as
/// final: a retriable error would leave the application hanging in initTransactions until it times out.
/// </remarks>
internal sealed class InitProducerIdHandler(ProducerIdAllocator allocator) : IRequestHandler<InitProducerIdRequest, InitProducerIdResponse>
{
    private const long NoProducerId = -1;
    private const short NoProducerEpoch = -1;

    /// <inheritdoc/>
    public ApiVersionRange? Versions => new ApiVersionRange(0, 5);

    /// <inheritdoc/>
    public async ValueTask<InitProducerIdResponse?> HandleAsync(RequestContext context, InitProducerIdRequest request)
    {
        if ((request.ProducerId == NoProducerId) != (request.ProducerEpoch == NoProducerEpoch) || request.TransactionalId is "")
        {
            return Refuse(ErrorCode.InvalidRequest);
        }

        if (request.TransactionalId is not null)
        {
            return Refuse(ErrorCode.UnsupportedVersion);
        }

        try
        {
            return new InitProducerIdResponse { ProducerId = await allocator.TakeAsync(), ProducerEpoch = 0 };
        }
        catch (CatalogException)
        {
            // Retriable: the catalog's own log line says what failed.
            return Refuse(ErrorCode.CoordinatorNotAvailable);
        }
    }

    private static InitProducerIdResponse Refuse(ErrorCode error) =>
        new() { ErrorCode = error, ProducerId = NoProducerId, ProducerEpoch = NoProducerEpoch };
}
