namespace Chronik.Protocol;

/// <summary>A response.</summary>
/// <typeparam name="TSelf">The response itself.</typeparam>
public interface IKafkaResponse<TSelf> : IKafkaMessage<TSelf>
    where TSelf : IKafkaResponse<TSelf>
{
    /// <summary>The number of the request that it answers.</summary>
    static abstract ApiKey ApiKey { get; }
}
