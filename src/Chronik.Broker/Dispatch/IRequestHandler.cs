namespace Chronik.Broker.Dispatch;

/// <summary>
/// Answers one API. One sealed class for each, found and wired at compile time by Chronik.HandlerGenerator:
/// constructor parameters are taken by their type from <see cref="BrokerServices"/>.
/// </summary>
/// <typeparam name="TRequest">The request, as generated from its schema.</typeparam>
/// <typeparam name="TResponse">The response, as generated from its schema.</typeparam>
internal interface IRequestHandler<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    /// <summary>The versions served and announced by ApiVersions; null for all that the message has.</summary>
    ApiVersionRange? Versions => null;

    /// <summary>
    /// Answers a request. It runs on the connection's read loop up to its first await, in the order of arrival;
    /// slices of the request (records, bytes) are valid until the returned task ends, no longer.
    /// </summary>
    /// <returns>The response; null where the protocol has none (Produce with acks=0).</returns>
    /// <remarks>An exception closes the connection and is logged as an error: give error codes in responses instead.</remarks>
    ValueTask<TResponse?> HandleAsync(RequestContext context, TRequest request);
}
