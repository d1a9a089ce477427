using System.Buffers.Binary;
using System.Text;
using Chronik.Broker.Network;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Tests.Network;

public sealed class FramingTests
{
    private static readonly byte[] s_apiVersions = WireClient.Frame<ApiVersionsRequest, ApiVersionsResponse>(new(), 0, 7);

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData((100 * 1024 * 1024) + 1)]
    public async Task A_frame_of_an_impossible_size_closes_the_connection_with_one_line(int size)
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        byte[] bytes = new byte[4 + 16];
        BinaryPrimitives.WriteInt32BigEndian(bytes, size);
        await client.SendBytesAsync(bytes);
        Assert.Empty(await client.ReceiveAllAsync());
        await TestKit.Eventually.True(() => broker.ConnectionCount == 0);
        Assert.Single(broker.Log.Warnings);
    }

    [Fact]
    public async Task A_frame_as_large_as_the_limit_is_read_and_one_byte_more_is_not()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync(new BrokerOptions { SocketRequestBytesMax = 80_000 });
        foreach ((int size, bool isAnswered) in new[] { (80_000, true), (80_001, false) })
        {
            using WireClient client = broker.Connect();
            string long30K = new('m', 30_000);
            var request = new HeartbeatRequest { GroupId = long30K, MemberId = long30K, GroupInstanceId = "" };
            byte[] smaller = WireClient.Frame<HeartbeatRequest, HeartbeatResponse>(request, 3, 1);
            request.GroupInstanceId = new string('i', size - (smaller.Length - 4));
            byte[] frame = WireClient.Frame<HeartbeatRequest, HeartbeatResponse>(request, 3, 1);
            Assert.Equal(size, frame.Length - 4);
            await client.SendBytesAsync(frame);
            Assert.Equal(isAnswered, await client.ReceiveFrameAsync() is not null);
        }
    }

    [Fact]
    public async Task A_request_that_comes_byte_by_byte_is_answered()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        foreach (byte one in s_apiVersions)
            await client.SendBytesAsync(new[] { one });
        ApiVersionsResponse response = await client.ReceiveAsync<ApiVersionsResponse>(0, 7);
        Assert.Equal([(short)ApiKey.Heartbeat, (short)ApiKey.ApiVersions], response.ApiKeys.Select(api => api.ApiKey));
    }

    [Fact]
    public async Task Frames_cut_at_any_byte_are_put_together_again()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        byte[] stream = [.. Enumerable.Repeat(s_apiVersions, 40).SelectMany(frame => frame)];
        foreach (int piece in new[] { 3, 5, 511, 512, 513, 700 })
        {
            using WireClient client = broker.Connect();
            foreach (byte[] part in stream.Chunk(piece))
                await client.SendBytesAsync(part);
            for (int i = 0; i < 40; i++)
                await client.ReceiveAsync<ApiVersionsResponse>(0, 7);
        }
    }

    [Fact]
    public async Task A_frame_followed_by_the_end_of_the_stream_is_answered()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        await client.SendBytesAsync(s_apiVersions);
        ((InMemoryConnection)client.Connection).FinishSending();
        await client.ReceiveAsync<ApiVersionsResponse>(0, 7);
        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task A_request_cut_anywhere_and_ended_closes_the_connection()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        for (int length = 0; length < s_apiVersions.Length; length++)
        {
            using WireClient client = broker.Connect();
            await client.SendBytesAsync(s_apiVersions.AsMemory(0, length));
            ((InMemoryConnection)client.Connection).FinishSending();
            Assert.Empty(await client.ReceiveAllAsync());
        }
    }

    [Fact]
    public async Task A_body_cut_anywhere_closes_the_connection_and_disturbs_no_other()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient neighbour = broker.Connect();
        byte[] whole = WireClient.Frame<HeartbeatRequest, HeartbeatResponse>(new() { GroupId = "group", MemberId = "member" }, 4, 1);
        for (int length = 0; length < whole.Length - 4; length++)
        {
            using WireClient client = broker.Connect();
            byte[] cut = whole[..(4 + length)];
            BinaryPrimitives.WriteInt32BigEndian(cut, length);
            await client.SendBytesAsync(cut);
            Assert.Empty(await client.ReceiveAllAsync());
            await neighbour.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 0);
        }

        Assert.Equal(whole.Length - 4, broker.Log.Warnings.Count());
    }

    [Fact]
    public async Task Bytes_after_the_end_of_a_body_close_the_connection()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        byte[] longer = [.. s_apiVersions, 0];
        BinaryPrimitives.WriteInt32BigEndian(longer, longer.Length - 4);
        await client.SendBytesAsync(longer);
        Assert.Empty(await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task An_http_request_is_told_what_this_port_is()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        await client.SendBytesAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        string answer = Encoding.ASCII.GetString(await client.ReceiveAllAsync());
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("Apache Kafka protocol", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tls_client_hello_is_closed_with_a_line_that_says_so()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        await client.SendBytesAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03 });
        Assert.Empty(await client.ReceiveAllAsync());
        Assert.Contains("TLS", Assert.Single(broker.Log.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(999, 0)]
    [InlineData(32767, 0)]
    [InlineData(3, 0)]
    [InlineData(12, -1)]
    [InlineData(12, 99)]
    public async Task A_request_that_is_not_served_closes_the_connection(short key, short version)
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        byte[] frame = [.. s_apiVersions];
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(4), key);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), version);
        await client.SendBytesAsync(frame);
        Assert.Empty(await client.ReceiveAllAsync());
        Assert.Single(broker.Log.Warnings);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(99)]
    public async Task ApiVersions_in_an_unknown_version_is_answered_in_version_0(short version)
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        byte[] frame = [.. s_apiVersions];
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), version);
        await client.SendBytesAsync(frame);
        ApiVersionsResponse response = await client.ReceiveAsync<ApiVersionsResponse>(0, 7);
        Assert.Equal(ErrorCode.UnsupportedVersion, response.ErrorCode);
        Assert.Equal((short)ApiKey.ApiVersions, Assert.Single(response.ApiKeys).ApiKey);
        await client.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(new() { ClientSoftwareName = "a", ClientSoftwareVersion = "1" }, 3);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(32767)]
    public async Task A_client_id_of_an_impossible_length_closes_the_connection(short length)
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        byte[] frame = [.. s_apiVersions];
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(12), length);
        await client.SendBytesAsync(frame);
        Assert.Empty(await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task A_null_client_id_is_fine()
    {
        await using NetworkFixture broker = await NetworkFixture.StartAsync();
        using WireClient client = broker.Connect();
        await client.SendBytesAsync(WireClient.Frame<ApiVersionsRequest, ApiVersionsResponse>(new(), 0, 9, clientId: null));
        await client.ReceiveAsync<ApiVersionsResponse>(0, 9);
    }
}
