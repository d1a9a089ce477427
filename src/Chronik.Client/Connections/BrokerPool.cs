using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client.Connections;

/// <summary>One connection for each broker, opened when it is first needed and again when it broke.</summary>
internal sealed class BrokerPool(KafkaClientOptions options) : IAsyncDisposable
{
    /// <summary>The newest version first (KIP-511), then the one of every broker that has ApiVersions; older ones hang up on both.</summary>
    private static readonly short[] _versionsToAskIn = [4, 0];

    private readonly Lock _gate = new();
    private readonly Dictionary<BrokerAddress, Task<BrokerConnection>> _connections = [];
    private bool _isClosed;

    /// <summary>A connection on which the broker has said what it serves.</summary>
    /// <exception cref="IOException">The broker cannot be reached.</exception>
    public async Task<BrokerConnection> GetAsync(BrokerAddress address, CancellationToken cancellation)
    {
        Task<BrokerConnection> opening;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (!_connections.TryGetValue(address, out opening!) || IsLost(opening))
                _connections[address] = opening = OpenAsync(address);
        }

        return await opening.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Task<BrokerConnection>[] all;
        lock (_gate)
        {
            _isClosed = true;
            all = [.. _connections.Values];
            _connections.Clear();
        }

        foreach (var opening in all)
        {
            try
            {
                await (await opening).DisposeAsync();
            }
            catch (Exception e) when (e is IOException or TimeoutException or UnsupportedVersionException or ProtocolException)
            {
                // It was never open.
            }
        }
    }

    private static bool IsLost(Task<BrokerConnection> opening) =>
        opening.IsFaulted || opening.IsCanceled || (opening.IsCompletedSuccessfully && opening.Result.IsBroken);

    private async Task<BrokerConnection> OpenAsync(BrokerAddress address)
    {
        foreach (short version in _versionsToAskIn)
        {
            var connection = await ConnectAsync(address);
            if (await TryNegotiateAsync(connection, version))
                return connection;
            await connection.DisposeAsync();
        }

        return await ConnectAsync(address);
    }

    private async Task<bool> TryNegotiateAsync(BrokerConnection connection, short version)
    {
        var request = new ApiVersionsRequest { ClientSoftwareName = "chronik-client", ClientSoftwareVersion = ClientVersion.Text };
        ApiVersionsResponse response;
        try
        {
            response = await connection.SendAsync(request, version, options.RequestTimeout, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or ProtocolException)
        {
            // A broker without the version hangs up, or answers in version 0, which reads as nonsense.
            return false;
        }

        if (response.ErrorCode == ErrorCode.UnsupportedVersion)
            return false;
        KafkaException.ThrowIfError(response.ErrorCode, $"ApiVersions of {connection.Address}");
        connection.Versions = ApiVersionTable.From(response);
        return true;
    }

    private async Task<BrokerConnection> ConnectAsync(BrokerAddress address)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        try
        {
            var stream = await options.Connector.ConnectAsync(address, timeout.Token);
            return new BrokerConnection(address, stream, options.ClientId, options.TimeProvider);
        }
        catch (OperationCanceledException e)
        {
            throw new IOException($"{address} cannot be reached within {options.ConnectTimeout.TotalSeconds:0.#} s.", e);
        }
    }
}
