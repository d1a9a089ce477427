using Chronik.TestKit;

namespace Chronik.Client.Tests;

/// <summary>One real Apache Kafka broker for all tests of this project, started by the first that asks.</summary>
public sealed class SharedKafka : IAsyncDisposable
{
    private readonly Lazy<Task<KafkaPeer>> _peer = new(() => KafkaPeer.StartAsync("auto.create.topics.enable=true", "num.partitions=3"));

    internal async Task<KafkaClient> ConnectAsync()
    {
        SharedFolder.Require();
        var peer = await _peer.Value;
        var options = new KafkaClientOptions { BootstrapServers = peer.BootstrapServers };
        return new KafkaClient(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_peer.IsValueCreated)
            await (await _peer.Value).DisposeAsync();
    }
}
