using System.Net;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Network;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Storage.IO;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Network;

/// <summary>Records that the disk does not give when they are sent.</summary>
public sealed class UnreadableAnswerTests
{
    private const short Version = 4;

    [Fact]
    public async Task The_connection_ends_and_a_line_names_the_records()
    {
        var log = new CollectedLog();
        var transport = new InMemoryTransport(TaskScheduler.Default);
        var options = new BrokerOptions { Listeners = [new ListenerOptions("localhost", 0)] };
        var apis = new ApiTable();
        apis.Add(new UnreadableRecords());
        var network = new BrokerNetwork(transport, new NetworkServices(options, apis, new RequestMemory(options.QueuedRequestBytesMax), TimeProvider.System, log));
        await network.StartAsync();
        using var client = new WireClient(transport.Connect(((IPEndPoint)network.EndPoints[0]).Port));
        await client.SendBytesAsync(WireClient.Frame<FetchRequest, FetchResponse>(new(), Version, 1));
        await Eventually.True(() => log.Warnings.Any());
        Assert.StartsWith("00000000000000000000.log, bytes 5 to 8 cannot be read (Injected failure (error 5)): ", Assert.Single(log.Warnings), StringComparison.Ordinal);
        await network.StopAsync();
    }

    private sealed class UnreadableRecords : IRequestHandler<FetchRequest, FetchResponse>
    {
        public ValueTask<FetchResponse?> HandleAsync(RequestContext context, FetchRequest request) =>
            new(new FetchResponse { Responses = [new() { Topic = "t", Partitions = [new() { Records = new RecordData(new UnreadableRegion()) }] }] });
    }

    private sealed class UnreadableRegion : ExternalRecords
    {
        public override int Length => 3;

        public override void CopyTo(int position, Span<byte> destination) => throw FaultyFileSystem.Error(FaultyFileSystem.Eio);

        public override string ToString() => "00000000000000000000.log, bytes 5 to 8";

        protected override void Dispose(bool disposing)
        {
        }
    }
}
