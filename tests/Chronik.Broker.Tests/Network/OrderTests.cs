using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Network;

public sealed class OrderTests
{
    [Fact]
    public async Task Answers_leave_in_the_order_of_their_requests()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        foreach (int generation in new[] { 1, 2, 3, 0, 4 })
            await client.SendAsync<HeartbeatRequest, HeartbeatResponse>(new() { GenerationId = generation }, 4);
        await Eventually.True(() => broker.Heartbeats.Started == 5);
        foreach (int generation in new[] { 4, 2, 3, 1 })
            broker.Heartbeats.Answer(generation);
        int[] answered = new int[5];
        for (int i = 0; i < answered.Length; i++)
            answered[i] = (await client.ReceiveAsync<HeartbeatResponse>(4, i + 1)).ThrottleTimeMs;
        Assert.Equal([1, 2, 3, 0, 4], answered);
    }

    [Fact]
    public async Task A_parked_request_holds_up_its_own_connection_only()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient parked = broker.Connect();
        using WireClient other = broker.Connect();
        await parked.SendAsync<HeartbeatRequest, HeartbeatResponse>(new() { GenerationId = 1 }, 4);
        await Eventually.True(() => broker.Heartbeats.Started == 1);
        await other.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
        broker.Heartbeats.Answer(1);
        await parked.ReceiveAsync<HeartbeatResponse>(4, 1);
    }

    [Fact]
    public async Task A_handler_that_throws_closes_its_connection_after_the_answers_before_it()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        await client.SendAsync<HeartbeatRequest, HeartbeatResponse>(new() { GenerationId = 1 }, 4);
        await client.SendAsync<HeartbeatRequest, HeartbeatResponse>(new() { MemberId = "throw" }, 4);
        await Eventually.True(() => broker.Heartbeats.Started == 2);
        broker.Heartbeats.Answer(1);
        await client.ReceiveAsync<HeartbeatResponse>(4, 1);
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Contains("Heartbeat v4", Assert.Single(broker.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_wants_the_connection_closed_gets_its_wish_with_one_line()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        await client.SendAsync<HeartbeatRequest, HeartbeatResponse>(new(), 4);
        await client.SendAsync<HeartbeatRequest, HeartbeatResponse>(new() { MemberId = "close" }, 4);
        await client.ReceiveAsync<HeartbeatResponse>(4, 1);
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Contains("the test asked for it", Assert.Single(broker.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_answers_what_is_under_way()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        await client.SendAsync<HeartbeatRequest, HeartbeatResponse>(new() { GenerationId = 1 }, 4);
        await Eventually.True(() => broker.Heartbeats.Started == 1);
        Task stop = broker.StopAsync();
        broker.Heartbeats.Answer(1);
        await client.ReceiveAsync<HeartbeatResponse>(4, 1);
        Assert.Null(await client.ReceiveFrameAsync());
        await stop;
    }
}
