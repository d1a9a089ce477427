using System.Runtime.ExceptionServices;

namespace Chronik.Compat.Tests;

/// <summary>Every client has produced, once, in each compression it has, each into a topic of its own.</summary>
public sealed class ProducedMatrix(BrokerUnderTest broker) : IAsyncLifetime
{
    /// <summary>What was to be written, by client and topic.</summary>
    public Dictionary<CompatClient, List<WrittenTopic>> Written { get; } = [];

    /// <summary>Throws what a client threw while it produced, or skips where it is missing.</summary>
    public void RethrowFailureOf(CompatClient client)
    {
        if (Failures.TryGetValue(client, out var failure))
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>What the clients that failed or are missing threw.</summary>
    public Dictionary<CompatClient, Exception> Failures { get; } = [];

    /// <summary>When the first client started.</summary>
    public long StartedMs { get; } = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public async ValueTask InitializeAsync()
    {
        foreach (var (client, number) in Clients.All.Select((client, number) => (client, number)))
        {
            Written[client] = [.. client.Writes.Select(compression =>
            {
                var topic = $"matrix-{number}-{compression}";
                return new WrittenTopic(topic, compression, MatrixRecords.For(client, topic, StartedMs));
            })];
        }

        try
        {
            await broker.CreateTopicsAsync(Written.Values.SelectMany(topics => topics).Select(topic => $"{topic.Name}:1"));
        }
        catch (Exception exception)
        {
            // Told, or skipped, by each test: a fixture cannot skip.
            foreach (var client in Clients.All)
                Failures[client] = exception;
            return;
        }

        await Parallel.ForEachAsync(Clients.All, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (client, _) =>
        {
            try
            {
                await client.ProduceAsync(
                    broker.BootstrapServers,
                    Written[client].SelectMany(topic => topic.Records.Select(record => (topic.Compression, record))));
            }
            catch (Exception exception)
            {
                lock (Failures)
                    Failures[client] = exception;
            }
        });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
