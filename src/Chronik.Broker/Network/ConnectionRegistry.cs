using System.Collections.Concurrent;
using System.Net;
using Chronik.Broker.Diagnostics;
using Chronik.Storage.IO;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Network;

/// <summary>All connections of a broker: counts them against the bounds, ends those that are idle, stops them together.</summary>
internal sealed class ConnectionRegistry : IDisposable
{
    private static readonly TimeSpan s_sweepPeriodMax = TimeSpan.FromSeconds(10);

    private readonly NetworkServices _services;
    private readonly ConcurrentDictionary<long, (KafkaConnection Connection, Task Run)> _connections = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly Lock _lock = new();
    private readonly ITimer _sweeper;
    private readonly int _systemMax;
    private long _lastId;
    private int _count;
    private volatile bool _stopping;

    /// <summary>Starts without connections.</summary>
    public ConnectionRegistry(NetworkServices services)
    {
        _services = services;
        _systemMax = ProcessLimits.ConnectionsMax(services.Options.OpenFilesMax);
        var idle = TimeSpan.FromMilliseconds(services.Options.ConnectionsMaxIdleMs);
        TimeSpan period = idle < s_sweepPeriodMax ? idle : s_sweepPeriodMax;
        _sweeper = services.Time.CreateTimer(_ => EndIdle(), null, period, period);
    }

    /// <summary>Open connections.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Serves a connection until its end, or refuses it where there are too many.</summary>
    public void Serve(ITransportConnection transport, ListenerOptions listener)
    {
        if (!TryCount(transport.RemoteEndPoint, out string? refusal))
        {
            _services.Logger.ConnectionRefused(transport.RemoteEndPoint, refusal);
            transport.Abort();
            transport.Dispose();
            return;
        }

        long id = Interlocked.Increment(ref _lastId);
        var context = new ConnectionContext(id, listener, transport.LocalEndPoint, transport.RemoteEndPoint);
        var connection = new KafkaConnection(transport, context, _services);
        _services.Logger.ConnectionOpened(id, transport.RemoteEndPoint);
        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[id] = (connection, registered.Task);
        _ = RunAsync(connection, registered);
        if (_stopping)
        {
            connection.Stop();
        }
    }

    /// <summary>Stops every connection once what is under way is answered.</summary>
    public async Task StopAsync()
    {
        _stopping = true;
        foreach ((KafkaConnection connection, _) in _connections.Values)
        {
            connection.Stop();
        }

        // One by one: what waits for many sources at once goes on in the thread pool, whatever the scheduler.
        foreach ((_, Task run) in _connections.Values)
        {
            await run;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sweeper.Dispose();

    private async Task RunAsync(KafkaConnection connection, TaskCompletionSource ended)
    {
        ConnectionContext context = connection.Context;
        try
        {
            await connection.RunAsync();
        }
        catch (Exception e)
        {
            _services.Logger.ConnectionFailed(e, context.RemoteEndPoint);
        }
        finally
        {
            _connections.TryRemove(context.Id, out _);
            Uncount(context.RemoteEndPoint);
            _services.Logger.ConnectionEnded(context.Id, context.RemoteEndPoint);
            ended.SetResult();
        }
    }

    private bool TryCount(EndPoint remote, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? refusal)
    {
        lock (_lock)
        {
            if (_count >= _services.Options.ConnectionsMax)
            {
                refusal = $"there are {_count} connections, max.connections is {_services.Options.ConnectionsMax}";
                return false;
            }

            if (_count >= _systemMax)
            {
                refusal = $"there are {_count} connections, and this process may have no more than {ProcessLimits.OpenFiles} files and connections open: "
                    + "raise it with 'ulimit -n' or LimitNOFILE=, or set chronik.open.files.max lower";
                return false;
            }

            if (Bounded(remote) is { } address)
            {
                int connections = _perAddress.GetValueOrDefault(address);
                if (connections >= _services.Options.ConnectionsPerIpMax)
                {
                    refusal = $"it has {connections} connections, max.connections.per.ip is {_services.Options.ConnectionsPerIpMax}";
                    return false;
                }

                _perAddress[address] = connections + 1;
            }

            _count++;
            refusal = null;
            return true;
        }
    }

    private void Uncount(EndPoint remote)
    {
        lock (_lock)
        {
            _count--;
            if (Bounded(remote) is { } address && --_perAddress[address] is 0)
            {
                _perAddress.Remove(address);
            }
        }
    }

    private static IPAddress? Bounded(EndPoint remote)
    {
        IPAddress? address = (remote as IPEndPoint)?.Address;
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return address is null || IPAddress.IsLoopback(address) ? null : address;
    }

    private void EndIdle()
    {
        long now = _services.Time.GetTimestamp();
        foreach ((KafkaConnection connection, _) in _connections.Values)
        {
            if (_services.Time.GetElapsedTime(connection.Context.LastActivity, now).TotalMilliseconds >= _services.Options.ConnectionsMaxIdleMs)
            {
                _services.Logger.ConnectionIdle(connection.Context.Id, connection.Context.RemoteEndPoint);
                connection.Abort();
            }
        }
    }
}
