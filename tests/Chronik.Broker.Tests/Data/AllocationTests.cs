using System.Buffers.Binary;
using System.Net;
using Chronik.Broker.Network;
using Chronik.Broker.Tests.Network;
using Chronik.Broker.Topics;
using Chronik.Protocol.Messages;
using Chronik.Storage.IO;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Data;

/// <summary>What one request may allocate, end to end, the in-memory network included (about 600 bytes). Counted for the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    private const int WarmUp = 2_000;
    private const int Measured = 2_000;

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public async Task A_produce_request_allocates_no_more_than_its_budget(int recordCount)
    {
        byte[] frame = WireClient.Frame<ProduceRequest, ProduceResponse>(Requests.Produce("t", 0, Requests.Batch(recordCount, valueBytes: 100)), 9, 1);
        Assert.InRange(await MeasureAsync(frame), 0, 3_200);
    }

    [Fact]
    public async Task A_fetch_request_allocates_no_more_than_its_budget()
    {
        byte[] frame = WireClient.Frame<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0), 12, 1);
        Assert.InRange(await MeasureAsync(frame), 0, 3_200);
    }

    private static async Task<long> MeasureAsync(byte[] frame)
    {
        using var folder = new TemporaryFolder();
        var transport = new InMemoryTransport(TaskScheduler.Default);
        var options = new BrokerOptions { DataDirectory = folder.FullName, CatalogPath = ":memory:", Listeners = [new ListenerOptions("localhost", 0)] };
        var seams = new BrokerSeams(new RealFileSystem(), transport, TimeProvider.System, new Random(1), TaskScheduler.Default, new CollectedLog());
        await using var broker = new BrokerHost(options, seams);
        await broker.StartAsync();
        await broker.Services.Topics.CreateAsync([new NewTopic("t", 1)]);
        using ITransportConnection client = transport.Connect(((IPEndPoint)broker.EndPoints[0]).Port);
        byte[] answer = new byte[64 * 1024];
        long before = 0;
        for (int i = 0; i < WarmUp + Measured; i++)
        {
            if (i == WarmUp)
                before = GC.GetTotalAllocatedBytes(precise: true);
            await client.SendAsync(frame, more: false);
            int have = 0;
            while (have < 4 || have < 4 + BinaryPrimitives.ReadInt32BigEndian(answer))
            {
                int received = await client.ReceiveAsync(answer.AsMemory(have));
                Assert.NotEqual(0, received);
                have += received;
            }
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Measured;
    }
}
