using System.Buffers.Binary;
using System.Net;
using Chronik.Broker.Network;
using Chronik.Broker.Tests.Network;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Data;

/// <summary>What one request may allocate, end to end, the in-memory network included (about 600 bytes). Counted for the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public async Task A_produce_request_allocates_no_more_than_its_budget(int recordCount)
    {
        byte[] frame = WireClient.Frame<ProduceRequest, ProduceResponse>(Requests.Produce("t", 0, Requests.Batch(recordCount, valueBytes: 100)), 9, 1);
        Assert.InRange(await MeasureAsync(frame), 0, 3_200);
    }

    [Fact]
    public async Task A_produce_request_to_100_partitions_allocates_no_more_than_its_budget()
    {
        ProduceRequest request = Requests.Produce("t", 0, Requests.Batch(1));
        request.TopicData[0].PartitionData = [.. Enumerable.Range(0, 100).Select(static partition =>
            new ProduceRequest.PartitionProduceData { Index = partition, Records = new RecordData(Requests.Batch(1)) })];
        Assert.InRange(await MeasureAsync(WireClient.Frame<ProduceRequest, ProduceResponse>(request, 9, 1), partitions: 100), 0, 34_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_fetch_request_allocates_no_more_than_its_budget(int recordCount)
    {
        byte[] frame = WireClient.Frame<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0), 12, 1);
        Assert.InRange(await MeasureAsync(frame, recordCount: recordCount), 0, 3_400);
    }

    [Fact]
    public async Task A_fetch_request_of_100_partitions_allocates_no_more_than_its_budget()
    {
        FetchRequest request = Requests.Fetch("t", 0, 0);
        request.Topics[0].Partitions = [.. Enumerable.Range(0, 100).Select(static partition =>
            new FetchRequest.FetchPartition { Partition = partition, PartitionMaxBytes = 1 << 20 })];
        byte[] frame = WireClient.Frame<FetchRequest, FetchResponse>(request, 12, 1);
        Assert.InRange(await MeasureAsync(frame, partitions: 100, recordCount: 1), 0, 88_000);
    }

    [Fact]
    public async Task A_fetch_request_that_waits_allocates_no_more_than_its_budget()
    {
        byte[] frame = WireClient.Frame<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0, maxWaitMs: 1), 12, 1);
        Assert.InRange(await MeasureAsync(frame, requests: 500), 0, 4_600);
    }

    private static async Task<long> MeasureAsync(byte[] frame, int partitions = 1, int recordCount = 0, int requests = 2_000)
    {
        using var folder = new TemporaryFolder();
        var transport = new InMemoryTransport(TaskScheduler.Default);
        var options = new BrokerOptions { DataDirectory = folder.FullName, CatalogPath = ":memory:", Listeners = [new ListenerOptions("localhost", 0)] };
        var seams = new BrokerSeams(new RealFileSystem(), transport, TimeProvider.System, new Random(1), TaskScheduler.Default, new CollectedLog());
        await using var broker = new BrokerHost(options, seams);
        await broker.StartAsync();
        await broker.Services.Topics.CreateAsync([new NewTopic("t", partitions)]);
        using ITransportConnection client = transport.Connect(((IPEndPoint)broker.EndPoints[0]).Port);
        byte[] answer = new byte[64 * 1024];
        Assert.True(broker.Services.Topics.TryGet("t", out Topic? topic));
        IPartitionLog[] filled = recordCount == 0 ? [] : [.. topic.Logs];
        foreach (IPartitionLog log in filled)
        {
            AppendResult appended = log.Append(Requests.Batch(recordCount), AppendOrigin.Client);
            Assert.Equal(ErrorCode.None, await log.WhenDurable(appended.LastOffset + 1));
        }

        long before = 0;
        for (int i = 0; i < 2 * requests; i++)
        {
            if (i == requests)
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

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / requests;
    }
}
