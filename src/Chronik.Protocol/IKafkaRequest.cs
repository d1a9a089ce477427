namespace Chronik.Protocol;

/// <summary>A request, and what answers it.</summary>
/// <typeparam name="TSelf">The request itself.</typeparam>
/// <typeparam name="TResponse">Its response, in the same version.</typeparam>
public interface IKafkaRequest<TSelf, TResponse> : IKafkaMessage<TSelf>
    where TSelf : IKafkaRequest<TSelf, TResponse>
    where TResponse : IKafkaResponse<TResponse>
{
    /// <summary>The request's number on the wire.</summary>
    static abstract ApiKey ApiKey { get; }
}
