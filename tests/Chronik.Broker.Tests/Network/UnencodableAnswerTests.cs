using System.Net;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Network;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Network;

/// <summary>Answers that fail while they are encoded.</summary>
public sealed class UnencodableAnswerTests
{
    private const short VersionWithShortStrings = 4;
    private static readonly string TooLong = new('x', short.MaxValue + 1);

    [Fact]
    public async Task All_their_regions_are_given_back_and_the_answers_before_them_leave_whole()
    {
        var answers = new FetchAnswers(
            [Topic("a", out CountedRegion sent)], [Topic("b", out CountedRegion encoded), Topic(TooLong, out CountedRegion failed), Topic("c", out CountedRegion behind)]);
        var log = new CollectedLog();
        var transport = new InMemoryTransport(TaskScheduler.Default);
        var options = new BrokerOptions { Listeners = [new ListenerOptions("localhost", 0)] };
        var apis = new ApiTable();
        apis.Add(answers);
        var network = new BrokerNetwork(transport, new NetworkServices(options, apis, new RequestMemory(options.QueuedRequestBytesMax), TimeProvider.System, log));
        await network.StartAsync();
        using var client = new WireClient(transport.Connect(((IPEndPoint)network.EndPoints[0]).Port));

        // One send: both are answered in one go.
        await client.SendBytesAsync((byte[])[.. Frame(1), .. Frame(2)]);
        FetchResponse first = await client.ReceiveAsync<FetchResponse>(VersionWithShortStrings, 1);

        Assert.Equal("a", first.Responses[0].Topic);
        Assert.Null(await client.ReceiveFrameAsync());
        await Eventually.True(() => log.Warnings.Any());
        Assert.Contains("Fetch v4", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.Equal([1, 1, 1, 1], new[] { sent, encoded, failed, behind }.Select(region => region.TimesDisposed));
        await network.StopAsync();
    }

    private static byte[] Frame(int correlationId) => WireClient.Frame<FetchRequest, FetchResponse>(new(), VersionWithShortStrings, correlationId);

    private static FetchResponse.FetchableTopicResponse Topic(string name, out CountedRegion region)
    {
        region = new CountedRegion();
        return new() { Topic = name, Partitions = [new() { Records = new RecordData(region) }] };
    }

    private sealed class FetchAnswers(params FetchResponse.FetchableTopicResponse[][] answers) : IRequestHandler<FetchRequest, FetchResponse>
    {
        private int _next;

        public ValueTask<FetchResponse?> HandleAsync(RequestContext context, FetchRequest request) =>
            new(new FetchResponse { Responses = [.. answers[_next++]] });
    }

    private sealed class CountedRegion : ExternalRecords
    {
        private bool _isDisposed;

        public int TimesDisposed { get; private set; }

        public override int Length => 3;

        public override void CopyTo(int position, Span<byte> destination) => destination.Clear();

        protected override void Dispose(bool disposing)
        {
            TimesDisposed += _isDisposed ? 0 : 1;
            _isDisposed = true;
        }
    }
}
