using Chronik.Broker.Network;
using Chronik.Broker.Tests.Data;
using Chronik.Protocol.Messages;
using Chronik.Storage.IO;

namespace Chronik.Broker.Tests;

public sealed class BrokerHostTests
{
    [Fact]
    public async Task Ten_brokers_serve_in_one_process()
    {
        var transport = new InMemoryTransport(TaskScheduler.Default);
        var brokers = new List<BrokerFixture>();
        for (int i = 0; i < 10; i++)
            brokers.Add(await BrokerFixture.StartAsync(transport: transport, seed: i));
        Assert.Equal(10, brokers.Select(broker => broker.Port).Distinct().Count());
        Assert.Equal(10, brokers.Select(broker => broker.Host.ClusterId).Distinct(StringComparer.Ordinal).Count());
        await Task.WhenAll(brokers.Select(async (broker, i) =>
        {
            await broker.CreateTopicAsync("t");
            using WireClient client = broker.Connect();
            for (int record = 0; record <= i; record++)
                await client.ProduceAsync("t", 0, Requests.Batch());
            Assert.Equal(i + 1, (await client.FetchAsync(Requests.Fetch("t", 0, 0))).HighWatermark);
        }));
        foreach (BrokerFixture broker in brokers)
            await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_client_is_told_the_address_that_it_connected_to()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        using WireClient client = broker.Connect();
        MetadataResponse response = await client.CallAsync<MetadataRequest, MetadataResponse>(new() { Topics = [] }, 9);
        Assert.Equal(("127.0.0.1", broker.Port), (response.Brokers[0].Host, response.Brokers[0].Port));
    }

    [Fact]
    public async Task A_broker_that_cannot_listen_gives_its_data_back()
    {
        var files = new InMemoryFileSystem();
        var transport = new InMemoryTransport(TaskScheduler.Default);
        await using BrokerFixture first = await BrokerFixture.StartAsync(transport: transport);
        var options = new BrokerOptions { DataDirectory = "/data", CatalogPath = ":memory:", Listeners = [new ListenerOptions("localhost", first.Port)] };
        var seams = new BrokerSeams(files, transport, TimeProvider.System, new Random(1), TaskScheduler.Default, new Network.CollectedLog());
        await using var second = new BrokerHost(options, seams);
        await Assert.ThrowsAsync<TransportException>(second.StartAsync);
        await using BrokerFixture third = await BrokerFixture.StartAsync(files: files, transport: transport);
        Assert.NotEmpty(third.Host.EndPoints);
    }
}
