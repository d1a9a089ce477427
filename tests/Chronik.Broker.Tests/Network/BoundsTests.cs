using System.Buffers.Binary;
using System.Net;
using Chronik.Broker.Network;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Network;

public sealed class BoundsTests
{
    [Fact]
    public async Task Ten_thousand_requests_without_reading_an_answer_are_held_back_and_then_all_answered()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        byte[] frame = WireClient.Frame<HeartbeatRequest, HeartbeatResponse>(new() { GroupId = new string('g', 200), GenerationId = 1 }, 4, 5);
        Task sending = SendManyAsync(client, frame, 10_000);
        await Eventually.True(() => broker.Heartbeats.Started >= 128);
        Assert.False(sending.IsCompleted);
        Assert.InRange(broker.Heartbeats.Started, 128, 129);
        broker.Heartbeats.Answer(1);
        for (int i = 0; i < 10_000; i++)
            await client.ReceiveAsync<HeartbeatResponse>(4, 5);
        await sending;
    }

    [Fact]
    public async Task A_connection_past_its_bound_in_bytes_is_read_again_when_answers_left()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync(new BrokerOptions { ConnectionUnderWayBytesMax = 50_000 });
        using WireClient client = broker.Connect();
        byte[] frame = WireClient.Frame<HeartbeatRequest, HeartbeatResponse>(new() { GroupId = new string('g', 20_000), GenerationId = 1 }, 4, 5);
        Task sending = SendManyAsync(client, frame, 10);
        await Eventually.True(() => broker.Heartbeats.Started == 3);
        broker.Heartbeats.Answer(1);
        for (int i = 0; i < 10; i++)
            await client.ReceiveAsync<HeartbeatResponse>(4, 5);
        await sending;
    }

    [Fact]
    public async Task A_declared_length_allocates_nothing()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        var clients = new List<WireClient>();
        for (int i = 0; i < 100; i++)
        {
            WireClient client = broker.Connect();
            clients.Add(client);
            byte[] start = new byte[600];
            BinaryPrimitives.WriteInt32BigEndian(start, 100 * 1024 * 1024);
            await client.SendBytesAsync(start);
        }

        await Eventually.True(() => broker.Memory.Bytes >= 100 * 600);
        Assert.InRange(broker.Memory.Bytes, 100 * 600, 100 * 8192);
        clients.ForEach(client => client.Dispose());
        await Eventually.True(() => broker.ConnectionCount == 0);
        Assert.Equal(0, broker.Memory.Bytes);
    }

    [Fact]
    public async Task Frames_that_never_end_do_not_stop_those_that_do()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync(new BrokerOptions { QueuedRequestBytesMax = 64 * 1024 });
        byte[] frame = WireClient.Frame<HeartbeatRequest, HeartbeatResponse>(new() { GroupId = new string('g', 30_000), MemberId = new string('m', 30_000) }, 4, 1);
        var stuck = new List<WireClient>();
        for (int i = 0; i < 8; i++)
        {
            WireClient client = broker.Connect();
            stuck.Add(client);
            await client.SendBytesAsync(frame.AsMemory(0, frame.Length - 1));
        }

        using WireClient good = broker.Connect();
        await good.SendBytesAsync(frame);
        await good.ReceiveAsync<HeartbeatResponse>(4, 1);
        stuck.ForEach(client => client.Dispose());
        await Eventually.True(() => broker.ConnectionCount == 1);
    }

    [Fact]
    public async Task Idle_connections_are_closed_and_busy_ones_are_not()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync(new BrokerOptions { ConnectionsMaxIdleMs = 60_000 });
        using WireClient idle = broker.Connect();
        using WireClient busy = broker.Connect();
        await idle.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
        broker.Time.Advance(TimeSpan.FromSeconds(40));
        await busy.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
        broker.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await idle.ReceiveFrameAsync());
        await busy.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
    }

    [Fact]
    public async Task More_connections_than_allowed_are_refused()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync(new BrokerOptions { ConnectionsMax = 2 });
        using WireClient first = broker.Connect();
        using WireClient second = broker.Connect();
        await first.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
        await second.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
        using (WireClient third = broker.Connect())
            Assert.Null(await third.ReceiveFrameAsync());
        first.Dispose();
        await Eventually.True(() => broker.ConnectionCount == 1);
        using WireClient fourth = broker.Connect();
        await fourth.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
    }

    [Fact]
    public async Task One_address_has_a_bound_of_its_own_and_loopback_has_none()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync(new BrokerOptions { ConnectionsPerIpMax = 1 });
        var address = IPAddress.Parse("192.0.2.1");
        using WireClient first = broker.Connect(new IPEndPoint(address, 1));
        await first.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
        using (WireClient second = broker.Connect(new IPEndPoint(address, 2)))
            Assert.Null(await second.ReceiveFrameAsync());
        using WireClient local1 = broker.Connect();
        using WireClient local2 = broker.Connect();
        await local1.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
        await local2.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
    }

    [Fact]
    public async Task A_client_that_resets_gives_all_its_memory_back()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        WireClient client = broker.Connect();
        for (int i = 0; i < 20; i++)
            await client.SendAsync<HeartbeatRequest, HeartbeatResponse>(new() { GenerationId = 1, GroupId = new string('g', 5_000) }, 4);
        await Eventually.True(() => broker.Heartbeats.Started == 20);
        client.Dispose();
        broker.Heartbeats.Answer(1);
        await Eventually.True(() => broker.ConnectionCount == 0);
        await Eventually.True(() => broker.Memory.Bytes == 0);
    }

    private static async Task SendManyAsync(WireClient client, byte[] frame, int count)
    {
        for (int i = 0; i < count; i++)
            await client.SendBytesAsync(frame);
    }
}
