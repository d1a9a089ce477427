using System.Runtime.CompilerServices;
using Chronik.Storage.Log;

namespace Chronik.Broker.Fetching;

/// <summary>Wakes parked fetches when a partition they wait for has more to read. Nobody polls.</summary>
internal sealed class FetchWaiters(TimeProvider time) : IHighWatermarkListener
{
    private const int ShardCount = 16;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard())];

    /// <inheritdoc/>
    public void OnHighWatermarkAdvanced(IPartitionLog log)
    {
        Shard shard = ShardOf(log);
        lock (shard.Lock)
        {
            if (shard.Waits.TryGetValue(log, out List<FetchWait>? waits))
            {
                foreach (FetchWait wait in waits)
                {
                    wait.Wake();
                }
            }
        }
    }

    /// <summary>Parks a fetch on its partitions; dispose the wait when it is over.</summary>
    public FetchWait Park(IReadOnlyCollection<IPartitionLog> logs, TimeSpan atMost, CancellationToken connectionClosed)
    {
        var wait = new FetchWait(this, logs);
        foreach (IPartitionLog log in logs)
        {
            Shard shard = ShardOf(log);
            lock (shard.Lock)
            {
                if (!shard.Waits.TryGetValue(log, out List<FetchWait>? waits))
                {
                    shard.Waits.Add(log, waits = []);
                }

                waits.Add(wait);
            }
        }

        wait.Start(time, atMost, connectionClosed);
        return wait;
    }

    /// <summary>Forgets a wait that is over.</summary>
    public void Remove(FetchWait wait, IReadOnlyCollection<IPartitionLog> logs)
    {
        foreach (IPartitionLog log in logs)
        {
            Shard shard = ShardOf(log);
            lock (shard.Lock)
            {
                if (shard.Waits.TryGetValue(log, out List<FetchWait>? waits) && waits.Remove(wait) && waits.Count == 0)
                {
                    shard.Waits.Remove(log);
                }
            }
        }
    }

    /// <summary>How many fetches wait for a partition.</summary>
    public int CountOf(IPartitionLog log)
    {
        Shard shard = ShardOf(log);
        lock (shard.Lock)
        {
            return shard.Waits.TryGetValue(log, out List<FetchWait>? waits) ? waits.Count : 0;
        }
    }

    private Shard ShardOf(IPartitionLog log) => _shards[RuntimeHelpers.GetHashCode(log) % ShardCount];

    private sealed class Shard
    {
        public Lock Lock { get; } = new();

        public Dictionary<IPartitionLog, List<FetchWait>> Waits { get; } = new(ReferenceEqualityComparer.Instance);
    }
}
