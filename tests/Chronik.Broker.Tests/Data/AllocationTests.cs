using System.Buffers.Binary;
using System.Net;
using Chronik.Broker.Fetching;
using Chronik.Broker.Network;
using Chronik.Broker.Tests.Network;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
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
        Assert.InRange(await MeasureAsync(frame, partitions: 100, recordCount: 1), 0, 82_000);
    }

    [Fact]
    public async Task A_fetch_request_that_waits_allocates_no_more_than_its_budget()
    {
        byte[] frame = WireClient.Frame<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0, maxWaitMs: 1), 12, 1);
        Assert.InRange(await MeasureAsync(frame, requests: 500), 0, 4_000);
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task A_compressed_produce_request_allocates_no_more_than_its_budget(CompressionCodec codec)
    {
        byte[] frame = WireClient.Frame<ProduceRequest, ProduceResponse>(Requests.Produce("t", 0, Requests.Batch(10, valueBytes: 100, codec: codec)), 9, 1);
        Assert.InRange(await MeasureAsync(frame), 0, 3_400);
    }

    [Fact]
    public async Task A_produce_request_of_an_idempotent_producer_allocates_no_more_than_its_budget()
    {
        byte[][] frames = [.. Enumerable.Range(0, 4_000).Select(static sequence =>
            WireClient.Frame<ProduceRequest, ProduceResponse>(Requests.Produce("t", 0, Requests.Batch(producerId: 4711, epoch: 0, sequence: sequence)), 9, 1))];
        Assert.InRange(await MeasureAsync((i, _) => frames[i]), 0, 3_400);
    }

    [Theory]
    [InlineData(100, 0, 2_000, 2_600)]
    [InlineData(1_000, 0, 300, 2_600)]
    [InlineData(1_000, 1, 300, 3_400)]
    public async Task A_fetch_request_of_a_session_allocates_nothing_for_partitions_that_have_nothing_new(
        int partitions, int maxWaitMs, int requests, int budget)
    {
        FetchRequest all = Requests.Fetch("t", 0, 0);
        all.SessionEpoch = 0;
        all.Topics[0].Partitions = [.. Enumerable.Range(0, partitions).Select(static partition =>
            new FetchRequest.FetchPartition { Partition = partition, PartitionMaxBytes = 1 << 20 })];
        byte[] first = WireClient.Frame<FetchRequest, FetchResponse>(all, 12, 1);
        FetchRequest more = Requests.Fetch("t", 0, 0, maxWaitMs: maxWaitMs);
        (more.SessionId, more.SessionEpoch, more.Topics) = (0x11223344, 0x55667788, []);
        byte[] next = WireClient.Frame<FetchRequest, FetchResponse>(more, 12, 1);
        int session = next.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x11, 0x22, 0x33, 0x44]);

        Assert.InRange(
            await MeasureAsync(
                (i, answer) =>
                {
                    if (i == 0)
                        return first;

                    // Behind length, correlation id, tags, throttle time and error.
                    if (i == 1)
                        answer.AsSpan(15, 4).CopyTo(next.AsSpan(session));
                    BinaryPrimitives.WriteInt32BigEndian(next.AsSpan(session + 4), i);
                    Assert.Equal(0, BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(13)));
                    return next;
                },
                partitions,
                requests: requests),
            0,
            budget);
    }

    [Fact]
    public void A_partition_of_a_session_takes_no_more_memory_than_its_budget()
    {
        const int Sessions = 100, Partitions = 1_000;
        var cache = new FetchSessionCache(new BrokerOptions(), TimeProvider.System, new Random(1));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Sessions; i++)
            Assert.NotNull(cache.TryBegin(12, [.. Enumerable.Range(0, Partitions).Select(static p => new FetchTarget(new FetchKey("t", Guid.Empty, p)))]));
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(Sessions, cache.Count);
        Assert.InRange((after - before) / (Sessions * Partitions), 1, 150);
    }

    private static Task<long> MeasureAsync(byte[] frame, int partitions = 1, int recordCount = 0, int requests = 2_000) =>
        MeasureAsync((_, _) => frame, partitions, recordCount, requests);

    // The function gets the request's number and the answer to the one before.
    private static async Task<long> MeasureAsync(Func<int, byte[], byte[]> frameOf, int partitions = 1, int recordCount = 0, int requests = 2_000)
    {
        using var folder = new TemporaryFolder();
        var transport = new InMemoryTransport(TaskScheduler.Default);
        var options = new BrokerOptions { DataDirectory = folder.FullName, CatalogPath = ":memory:", Listeners = [new ListenerOptions("localhost", 0)] };
        var seams = new BrokerSeams(new RealFileSystem(), transport, TimeProvider.System, new Random(1), TaskScheduler.Default, new CollectedLog());
        await using var broker = new BrokerHost(options, seams);
        await broker.StartAsync();
        await broker.Services.Topics.CreateAsync([new NewTopic("t", partitions)]);
        using ITransportConnection client = transport.Connect(((IPEndPoint)broker.EndPoints[0]).Port);
        byte[] answer = new byte[128 * 1024];
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
            await client.SendAsync(frameOf(i, answer), more: false);
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
