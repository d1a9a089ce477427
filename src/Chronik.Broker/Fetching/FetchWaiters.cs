using System.Runtime.CompilerServices;
using Chronik.Storage.Log;

namespace Chronik.Broker.Fetching;

/// <summary>Wakes parked fetches when a partition they wait for has more to read. Nobody polls.</summary>
internal sealed class FetchWaiters(TimeProvider time) : IHighWatermarkListener
{
    private const int ShardCount = 16;

    // Fetches come back to the same partitions all the time: their lists are used again.
    private const int SpareListsMax = 256;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard())];

    /// <summary>Where it is what it was before a reading, no partition has got more to read since.</summary>
    public long Advances
    {
        get
        {
            long sum = 0;
            foreach (Shard shard in _shards)
            {
                sum += Volatile.Read(ref shard.Advances);
            }

            return sum;
        }
    }

    /// <inheritdoc/>
    public void OnHighWatermarkAdvanced(IPartitionLog log)
    {
        Shard shard = ShardOf(log);
        lock (shard.Lock)
        {
            Volatile.Write(ref shard.Advances, shard.Advances + 1);
            if (shard.Waits.TryGetValue(log, out List<FetchWait>? waits))
            {
                foreach (FetchWait wait in waits)
                {
                    wait.Wake();
                }
            }
        }
    }

    /// <summary>Parks a fetch on its partitions, whose memory it may read until the wait is disposed, when it is over.</summary>
    public FetchWait Park(ReadOnlyMemory<IPartitionLog> logs, TimeSpan atMost, CancellationToken connectionClosed)
    {
        var wait = new FetchWait(this, logs);
        foreach (IPartitionLog log in logs.Span)
        {
            Shard shard = ShardOf(log);
            lock (shard.Lock)
            {
                if (!shard.Waits.TryGetValue(log, out List<FetchWait>? waits))
                {
                    shard.Waits.Add(log, waits = shard.Spare.TryPop(out List<FetchWait>? spare) ? spare : []);
                }

                waits.Add(wait);
            }
        }

        wait.Start(time, atMost, connectionClosed);
        return wait;
    }

    /// <summary>Forgets a wait that is over.</summary>
    public void Remove(FetchWait wait, ReadOnlySpan<IPartitionLog> logs)
    {
        foreach (IPartitionLog log in logs)
        {
            Shard shard = ShardOf(log);
            lock (shard.Lock)
            {
                if (shard.Waits.TryGetValue(log, out List<FetchWait>? waits) && waits.Remove(wait) && waits.Count == 0)
                {
                    shard.Waits.Remove(log);
                    if (shard.Spare.Count < SpareListsMax)
                    {
                        shard.Spare.Push(waits);
                    }
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
        public long Advances;

        public Lock Lock { get; } = new();

        public Dictionary<IPartitionLog, List<FetchWait>> Waits { get; } = new(ReferenceEqualityComparer.Instance);

        public Stack<List<FetchWait>> Spare { get; } = [];
    }
}
