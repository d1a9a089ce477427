using Chronik.Protocol;

namespace Chronik.Broker.Dispatch;

/// <summary>The entry of one request type; static abstract members of the messages take the place of reflection.</summary>
internal sealed class ApiEntry<TRequest, TResponse>(IRequestHandler<TRequest, TResponse> handler)
    : ApiEntry(
        ApiKeys.Get(TRequest.ApiKey),
        handler.Versions ?? new ApiVersionRange(TRequest.LowestVersion, TRequest.HighestVersion))
    where TRequest : class, IKafkaRequest<TRequest, TResponse>
    where TResponse : class, IKafkaResponse<TResponse>
{
    /// <inheritdoc/>
    public override void Start(RequestUnderWay request, ReadOnlyMemory<byte> body)
    {
        var reader = new KafkaReader(body);
        TRequest message = TRequest.Read(ref reader, request.Context.ApiVersion);
        if (reader.Remaining != 0)
        {
            throw new ProtocolException($"{Description.Name} v{request.Context.ApiVersion} ends {reader.Remaining} bytes before its frame.");
        }

        Finish(request, handler.HandleAsync(request.Context, message));
    }

    /// <inheritdoc/>
    public override void WriteBody(object response, KafkaWriter writer, short version) =>
        ((TResponse)response).Write(writer, version);

    private static void Finish(RequestUnderWay request, ValueTask<TResponse?> answer)
    {
        if (answer.IsCompletedSuccessfully)
        {
            request.CompleteInline(answer.Result);
        }
        else
        {
            _ = CompleteLaterAsync(request, answer);
        }
    }

    private static async Task CompleteLaterAsync(RequestUnderWay request, ValueTask<TResponse?> answer)
    {
        try
        {
            request.Complete(await answer);
        }
        catch (Exception e)
        {
            request.Fail(e);
        }
    }
}
