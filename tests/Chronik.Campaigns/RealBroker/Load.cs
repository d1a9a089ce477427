using System.Globalization;
using Chronik.Client;

namespace Chronik.Campaigns.RealBroker;

/// <summary>
/// Clients of a broker that goes and comes: they make topics, write to each partition with an idempotent and a plain producer,
/// commit offsets, delete the topics and make them again under the same names. All of it is in the ledger.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Ledger _ledger;
    private readonly LoadShape _shape;
    private readonly string _address;
    private readonly Random _random;
    private readonly Task _running;

    public Load(string address, Ledger ledger, LoadShape shape, int seed)
    {
        _address = address;
        _ledger = ledger;
        _shape = shape;
        _random = new Random(seed);
        _running = Task.WhenAll(shape.TopicLives.Select((life, slot) => RunSlotAsync(slot, life)));
    }

    /// <summary>Whoever holds it sees no topic go.</summary>
    public SemaphoreSlim Deletions { get; } = new(1);

    /// <summary>Ends the load; what is under way is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // As asked for.
        }

        _stop.Dispose();
        Deletions.Dispose();
    }

    private KafkaClient Connect() => new(new KafkaClientOptions
    {
        BootstrapServers = _address,
        ClientId = "load",
        RetryBackoff = TimeSpan.FromMilliseconds(20),
        RequestTimeout = TimeSpan.FromSeconds(10),
        RetryTimeout = _shape.DeliveryTimeout,
    });

    private async Task RunSlotAsync(int slot, TimeSpan life)
    {
        await Task.Yield();
        await using var client = Connect();
        var calls = new TopicCalls(client, _ledger, _shape);
        while (!_stop.IsCancellationRequested)
        {
            var story = _ledger.AddTopic(string.Create(CultureInfo.InvariantCulture, $"load-{slot}"), _shape.Partitions);
            await calls.CreateAsync(story, _stop.Token);
            await LiveAsync(story, calls, life);
            await Deletions.WaitAsync(_stop.Token);
            try
            {
                await calls.DeleteAsync(story, _stop.Token);
            }
            finally
            {
                Deletions.Release();
            }
        }
    }

    private async Task LiveAsync(TopicStory story, TopicCalls calls, TimeSpan life)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        over.CancelAfter(life);
        var writers = new List<Task>();
        for (var partition = 0; partition < story.Partitions; partition++)
        {
            writers.Add(NewWriter(story.AddWriter(partition, isIdempotent: true)).RunAsync(over.Token));
            writers.Add(NewWriter(story.AddWriter(partition, isIdempotent: false)).RunAsync(over.Token));
        }

        // A topic is deleted when all its records are answered: else those of the last life would come to the next.
        await Task.WhenAll([.. writers, CommitAsync(story, calls, over.Token)]).WaitAsync(_stop.Token);
    }

    private async Task CommitAsync(TopicStory story, TopicCalls calls, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                await calls.CommitAsync(story, over);
                await Task.Delay(NextPause(), over);
            }
            catch (Exception e) when (e is IOException or TimeoutException or KafkaException or OperationCanceledException)
            {
                // The next one says more.
            }
        }
    }

    private int NextPause()
    {
        lock (_random)
            return _random.Next(50);
    }

    private Writer NewWriter(WriterStory story)
    {
        lock (_random)
            return new Writer(story, _ledger, _shape, Connect, new Random(_random.Next()));
    }
}
