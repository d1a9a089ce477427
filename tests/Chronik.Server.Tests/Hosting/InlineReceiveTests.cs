using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Chronik.TestKit;

namespace Chronik.Server.Tests.Hosting;

/// <summary>
/// The program serves connections on the few threads that wait for all sockets (<c>SocketTransport.ReceiveInline</c>): whatever one client does
/// with its bytes, those threads must go on for the others. There are more bad clients than processors in each test.
/// </summary>
public sealed class InlineReceiveTests
{
    private const int SizeBytes = 4;
    private static readonly int s_clients = 2 * Environment.ProcessorCount;

    [Fact]
    public async Task Clients_that_have_sent_half_a_frame_hold_nobody_up_and_are_answered_when_the_rest_comes()
    {
        await using var server = await ServerProcess.StartAsync();
        var frame = Request(7, clientIdBytes: 30_000);
        foreach (var half in new[] { 1, SizeBytes, SizeBytes + 5, 600, frame.Length - 1 })
        {
            Socket[] waiting = [.. Enumerable.Range(0, s_clients).Select(_ => Connect(server))];
            foreach (var client in waiting)
                client.Send(frame.AsSpan(0, half));
            AssertServes(server);
            foreach (var client in waiting)
            {
                client.Send(frame.AsSpan(half));
                Assert.Equal(7, ReadCorrelationId(client));
                client.Dispose();
            }
        }
    }

    [Fact]
    public async Task Requests_that_arrive_together_are_answered_in_their_order()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = Connect(server);
        client.Send([.. Enumerable.Range(0, 500).SelectMany(static id => Request(id, clientIdBytes: id % 50))]);
        for (var id = 0; id < 500; id++)
            Assert.Equal(id, ReadCorrelationId(client));
    }

    [Fact]
    public async Task Clients_that_go_in_the_middle_of_a_frame_or_of_an_answer_hold_nobody_up()
    {
        await using var server = await ServerProcess.StartAsync();
        var frame = Request(7, clientIdBytes: 30_000);
        for (var i = 0; i < s_clients; i++)
        {
            using (var half = Connect(server))
                half.Send(frame.AsSpan(0, frame.Length / 2));
            using var reset = Connect(server);
            reset.LingerState = new LingerOption(enable: true, seconds: 0);
            for (var request = 0; request < 20; request++)
                reset.Send(frame);
        }

        AssertServes(server);
    }

    [Fact]
    public async Task Clients_that_do_not_read_are_read_no_further_hold_nobody_up_and_get_every_answer()
    {
        await using var server = await ServerProcess.StartAsync();
        var deaf = Enumerable.Range(0, s_clients).Select(_ => Connect(server, receiveBufferBytes: 4096)).ToArray();
        var sent = deaf.Select(SendUntilStuck).ToArray();
        AssertServes(server);
        for (var i = 0; i < deaf.Length; i++)
        {
            for (var id = 0; id < sent[i]; id++)
                Assert.Equal(id, ReadCorrelationId(deaf[i]));
            deaf[i].Dispose();
        }
    }

    // Whole requests that the socket took before it took no more: the server left the rest to the network.
    private static int SendUntilStuck(Socket client)
    {
        const int RequestsMax = 200_000;
        client.Blocking = false;
        for (var id = 0; id < RequestsMax; id++)
        {
            for (ReadOnlySpan<byte> rest = Request(id, clientIdBytes: 1_000); !rest.IsEmpty;)
            {
                if (!client.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite))
                {
                    client.Blocking = true;
                    return id;
                }

                rest = rest[Math.Max(0, client.Send(rest, SocketFlags.None, out _))..];
            }
        }

        Assert.Fail("The server reads on for a client that reads nothing.");
        return 0;
    }

    private static void AssertServes(ServerProcess server)
    {
        using var client = Connect(server);
        client.Send(Request(42, clientIdBytes: 10));
        Assert.Equal(42, ReadCorrelationId(client));
    }

    private static Socket Connect(ServerProcess server, int receiveBufferBytes = 0)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 20_000 };
        if (receiveBufferBytes > 0)
            client.ReceiveBufferSize = receiveBufferBytes;
        client.Connect(IPAddress.Loopback, server.Port);
        return client;
    }

    // ApiVersions v0 with a client id of any length.
    private static byte[] Request(int correlationId, int clientIdBytes)
    {
        var frame = new byte[SizeBytes + 10 + clientIdBytes];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - SizeBytes);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(4), 18);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), correlationId);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(12), (short)clientIdBytes);
        Encoding.ASCII.GetBytes(new string('c', clientIdBytes), frame.AsSpan(14));
        return frame;
    }

    private static int ReadCorrelationId(Socket client)
    {
        var answer = Read(client, BinaryPrimitives.ReadInt32BigEndian(Read(client, SizeBytes)));
        return BinaryPrimitives.ReadInt32BigEndian(answer);
    }

    private static byte[] Read(Socket client, int count)
    {
        var bytes = new byte[count];
        for (var have = 0; have < count;)
        {
            var received = client.Receive(bytes.AsSpan(have));
            Assert.NotEqual(0, received);
            have += received;
        }

        return bytes;
    }
}
