using System.Net;
using Chronik.Broker;
using Chronik.Broker.Network;
using Chronik.Client;
using Chronik.Storage.IO;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Server.Tests.Importing;

/// <summary>A broker in this process on a data folder that was imported into.</summary>
internal sealed class ImportedBroker : IAsyncDisposable
{
    private readonly BrokerHost _host;

    private ImportedBroker(BrokerHost host)
    {
        _host = host;
        BootstrapServers = $"127.0.0.1:{((IPEndPoint)host.EndPoints[0]).Port}";
        Client = new KafkaClient(new KafkaClientOptions { BootstrapServers = BootstrapServers });
    }

    public string BootstrapServers { get; }

    public KafkaClient Client { get; }

    public static async Task<ImportedBroker> StartAsync(string dataDirectory)
    {
        var host = new BrokerHost(
            new BrokerOptions { DataDirectory = dataDirectory, Listeners = [new ListenerOptions("127.0.0.1", 0)] },
            new BrokerSeams(new RealFileSystem(), new SocketTransport(), TimeProvider.System, new Random(1), TaskScheduler.Default, NullLoggerFactory.Instance));
        await host.StartAsync();
        return new ImportedBroker(host);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _host.StopAsync();
    }
}
