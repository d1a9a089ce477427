using Chronik.Client.Connections;
using Chronik.Protocol;

namespace Chronik.Client;

/// <summary>
/// Sends requests to the brokers of any Kafka cluster, in the newest version that both sides have. It is safe to use
/// from many threads. Requests to a broker share one connection, and are sent without waiting for each other's
/// responses; but Kafka works on one request of a connection at a time, so whoever sends what takes long (a fetch that
/// waits, a join) should have a client of its own, as <see cref="Consumer"/> has.
/// </summary>
public sealed partial class KafkaClient : IAsyncDisposable
{
    private readonly BrokerPool _pool;
    private readonly IReadOnlyList<BrokerAddress> _bootstrap;
    private readonly MetadataCache _cache;

    /// <summary>A client that connects when it has something to send.</summary>
    /// <exception cref="FormatException">The bootstrap servers are not addresses.</exception>
    public KafkaClient(KafkaClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _bootstrap = BrokerAddress.ParseList(options.BootstrapServers);
        _pool = new BrokerPool(options);
        _cache = new MetadataCache(options.TimeProvider, options.MetadataMaxAge);
    }

    /// <summary>What it was made with.</summary>
    public KafkaClientOptions Options { get; }

    /// <summary>Sends a request to any broker.</summary>
    /// <exception cref="IOException">No broker can be reached.</exception>
    /// <exception cref="TimeoutException">No broker answered in time.</exception>
    /// <exception cref="UnsupportedVersionException">Client and broker have no version in common that can say it.</exception>
    public Task<TResponse> SendAsync<TRequest, TResponse>(
        IKafkaRequest<TRequest, TResponse> request, SendOptions? options = null, CancellationToken cancellation = default)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse> =>
        RetryAsync(
            async () => await SendOnAsync(await ConnectToAnyAsync(cancellation), request, options, cancellation),
            _ => ErrorCode.None,
            cancellation);

    /// <summary>Sends a request to a broker of the cluster.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public async Task<TResponse> SendToBrokerAsync<TRequest, TResponse>(
        int nodeId, IKafkaRequest<TRequest, TResponse> request, SendOptions? options = null, CancellationToken cancellation = default)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse> =>
        await SendOnAsync(await ConnectToAsync(nodeId, cancellation), request, options, cancellation);

    /// <summary>Sends a request to the cluster's controller, where topics are created and deleted.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public Task<TResponse> SendToControllerAsync<TRequest, TResponse>(
        IKafkaRequest<TRequest, TResponse> request, SendOptions? options = null, CancellationToken cancellation = default)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse> =>
        RetryAsync(
            async () =>
            {
                int controller = _cache.ControllerId ?? (await GetMetadataAsync([], cancellation: cancellation)).ControllerId;
                var connection = controller < 0 ? await ConnectToAnyAsync(cancellation) : await ConnectToAsync(controller, cancellation);
                return await SendOnAsync(connection, request, options, cancellation);
            },
            _ => ErrorCode.None,
            cancellation);

    /// <summary>Sends a request to the coordinator of a group, and again where it moved or is not ready yet.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="request">The request.</param>
    /// <param name="errorOf">Where the response has its error; only those of coordinators are retried, others are the caller's.</param>
    /// <param name="options">What is special about it.</param>
    /// <param name="cancellation">Ends waiting and trying.</param>
    /// <inheritdoc cref="SendAsync"/>
    public Task<TResponse> SendToCoordinatorAsync<TRequest, TResponse>(
        string groupId,
        IKafkaRequest<TRequest, TResponse> request,
        Func<TResponse, ErrorCode> errorOf,
        SendOptions? options = null,
        CancellationToken cancellation = default)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse> =>
        RetryAsync(
            async () =>
            {
                var coordinator = await FindCoordinatorAsync(groupId, cancellation);
                return await SendOnAsync(await _pool.GetAsync(coordinator.Address, cancellation), request, options, cancellation);
            },
            response => errorOf(response) is var error && error.NeedsCoordinator() ? error : ErrorCode.None,
            cancellation);

    /// <summary>Closes all connections.</summary>
    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    /// <summary>Sends a Produce request with acks=0, which brokers never answer.</summary>
    internal async Task SendOnlyToBrokerAsync<TRequest, TResponse>(
        int nodeId, IKafkaRequest<TRequest, TResponse> request, SendOptions? options, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        var connection = await ConnectToAsync(nodeId, cancellation);
        short version = connection.Versions.Choose(ApiKeys.Get(TRequest.ApiKey), options?.HighestVersion);
        await connection.SendOnlyAsync(request, version, cancellation);
    }

    /// <summary>Tries until it succeeds, fails in a way that trying cannot mend, or took too long.</summary>
    internal async Task<T> RetryAsync<T>(Func<Task<T>> attempt, Func<T, ErrorCode> retriableErrorOf, CancellationToken cancellation)
    {
        var pause = new RetryPause(Options);
        while (true)
        {
            try
            {
                var result = await attempt();
                var error = retriableErrorOf(result);
                if (error == ErrorCode.None || !pause.HasTimeLeft)
                    return result;
            }
            catch (Exception e) when (pause.HasTimeLeft && IsWorthRetrying(e))
            {
                // The next attempt looks at the cluster anew.
            }

            _cache.Forget();
            await pause.WaitAsync(cancellation);
        }
    }

    private static bool IsWorthRetrying(Exception e) =>
        e is IOException or TimeoutException || (e is KafkaException failure && failure.Error.IsRetriable());

    private async Task<TResponse> SendOnAsync<TRequest, TResponse>(
        BrokerConnection connection, IKafkaRequest<TRequest, TResponse> request, SendOptions? options, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        short version = connection.Versions.Choose(ApiKeys.Get(TRequest.ApiKey), options?.HighestVersion);
        return await connection.SendAsync(request, version, options?.Timeout ?? Options.RequestTimeout, cancellation);
    }
}
