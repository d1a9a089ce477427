using System.Net;
using System.Net.Sockets;
using Chronik.Broker.Network;
using Chronik.Broker.Tests.Data;
using Chronik.Broker.Topics;
using Chronik.Protocol.Messages;
using Chronik.Storage.IO;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Network;

/// <summary>Real sockets and real files: what the in-memory network cannot show.</summary>
public sealed class SocketTests
{
    [Fact]
    public async Task Records_go_out_of_a_real_file_through_a_real_socket_unchanged()
    {
        using var folder = new TemporaryFolder();
        await using BrokerHost broker = await StartAsync(folder);
        await broker.Services.Topics.CreateAsync([new NewTopic("t", 1)]);
        using WireClient client = await ConnectAsync((IPEndPoint)broker.EndPoints[0]);
        byte[] batch = Requests.Batch(1_000, valueBytes: 1_000);
        for (int i = 0; i < 8; i++)
            Assert.Equal(i * 1_000, (await client.ProduceAsync("t", 0, batch.ToArray())).BaseOffset);
        FetchResponse.PartitionData fetched = await client.FetchAsync(Requests.Fetch("t", 0, 0, bytesMax: 50 << 20));
        Assert.Equal(8 * batch.Length, fetched.Records.Length);
        ReadOnlyMemory<byte> records = fetched.Records.Memory;
        for (int i = 0; i < 8; i++)
            Assert.True(records.Slice((i * batch.Length) + 21, batch.Length - 21).Span.SequenceEqual(batch.AsSpan(21)));
    }

    [Fact]
    public async Task Localhost_means_both_loopbacks_at_one_port()
    {
        using var folder = new TemporaryFolder();
        await using BrokerHost broker = await StartAsync(folder);
        Assert.Single(broker.EndPoints.Select(endPoint => ((IPEndPoint)endPoint).Port).Distinct());
        foreach (IPEndPoint endPoint in broker.EndPoints.Cast<IPEndPoint>())
        {
            using WireClient client = await ConnectAsync(endPoint);
            MetadataResponse response = await client.CallAsync<MetadataRequest, MetadataResponse>(new() { Topics = [] }, 9);
            Assert.Equal((endPoint.Address.ToString(), endPoint.Port), (response.Brokers[0].Host, response.Brokers[0].Port));
        }
    }

    [Fact]
    public async Task A_reader_that_is_slow_gets_everything()
    {
        using var folder = new TemporaryFolder();
        await using BrokerHost broker = await StartAsync(folder);
        await broker.Services.Topics.CreateAsync([new NewTopic("t", 1)]);
        using WireClient client = await ConnectAsync((IPEndPoint)broker.EndPoints[0], receiveBuffer: 8_192);
        byte[] batch = Requests.Batch(900, valueBytes: 1_000);
        for (int i = 0; i < 10; i++)
            await client.ProduceAsync("t", 0, batch.ToArray());
        for (int i = 0; i < 4; i++)
            await client.SendAsync<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0, bytesMax: 50 << 20), 12);
        for (int i = 0; i < 4; i++)
        {
            FetchResponse response = await client.ReceiveAsync<FetchResponse>(12, 11 + i);
            Assert.Equal(10 * batch.Length, response.Responses[0].Partitions[0].Records.Length);
        }
    }

    [Fact]
    public async Task A_connection_sends_from_a_buffer_of_the_size_that_is_set()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a connection does not inherit the size of its listener's buffer.");
        Assert.InRange(await QueuedAsync(sendBufferBytes: 30_000), 1, 400_000);
        Assert.InRange(await QueuedAsync(sendBufferBytes: 3_000_000), 400_001, int.MaxValue);

        // What a connection takes that nobody reads from, beyond what the other end holds.
        static async Task<int> QueuedAsync(int sendBufferBytes)
        {
            IReadOnlyList<ITransportListener> listeners = await new SocketTransport().ListenAsync(
                new ListenerOptions("127.0.0.1", 0) { SendBufferBytes = sendBufferBytes });
            using ITransportListener listener = Assert.Single(listeners);
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 20_000 };
            await client.ConnectAsync(listener.LocalEndPoint);
            using ITransportConnection connection = (await listener.AcceptAsync())!;
            byte[] chunk = new byte[10_000];
            int queued = 0;
            while (true)
            {
                ValueTask sending = connection.SendAsync(chunk, more: false);
                if (!sending.IsCompleted)
                {
                    return queued;
                }

                await sending;
                queued += chunk.Length;
            }
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_in_a_sentence()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        TransportException error = await Assert.ThrowsAsync<TransportException>(
            async () => await new SocketTransport().ListenAsync(new ListenerOptions("127.0.0.1", port)));
        Assert.Equal($"Cannot listen on 127.0.0.1:{port}: another program already listens there.", error.Message);
    }

    private static async Task<BrokerHost> StartAsync(TemporaryFolder folder)
    {
        var options = new BrokerOptions { DataDirectory = folder.FullName, Listeners = [new ListenerOptions("localhost", 0)] };
        var host = new BrokerHost(
            options,
            new BrokerSeams(new RealFileSystem(), new SocketTransport(), TimeProvider.System, new Random(1), TaskScheduler.Default, new CollectedLog()));
        await host.StartAsync();
        return host;
    }

    private static async Task<WireClient> ConnectAsync(IPEndPoint endPoint, int receiveBuffer = 0)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        await socket.ConnectAsync(endPoint);
        return new WireClient(new SocketConnection(socket));
    }
}
