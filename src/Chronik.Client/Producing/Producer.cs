using System.Collections.Concurrent;
using Chronik.Client.Producing;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client;

/// <summary>
/// Produces records: batches them for each partition, compresses, sends again what failed, and tells where each was
/// stored. It is safe to use from many threads. The client is not closed with it.
/// </summary>
public sealed class Producer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TopicPartition, PartitionQueue> _queues = new();
    private readonly ConcurrentDictionary<string, StickyChoice> _sticky = new();
    private readonly BufferBudget _budget;
    private readonly KafkaClient _client;
    private readonly Lock _gate = new();
    private Task<ProducerIdentity>? _identity;

    /// <summary>A producer that sends through a client.</summary>
    /// <exception cref="ArgumentException">Idempotence without acks=all.</exception>
    public Producer(KafkaClient client, ProducerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        Options = options ?? new ProducerOptions();
        if (Options.EnableIdempotence && Options.Acks != Acks.All)
            throw new ArgumentException("An idempotent producer needs acks=all.", nameof(options));
        _client = client;
        _budget = new BufferBudget(Options.BufferBytesMax);
    }

    /// <summary>What it was made with.</summary>
    public ProducerOptions Options { get; }

    /// <summary>Produces a record.</summary>
    /// <returns>Completes when the record was stored, or has failed.</returns>
    /// <exception cref="KafkaException">The broker refused it.</exception>
    /// <exception cref="IOException">No broker could be reached in time.</exception>
    public async Task<DeliveryReport> ProduceAsync(ProducerRecord record, CancellationToken cancellation = default) =>
        await await EnqueueAsync(record, cancellation);

    /// <summary>Takes a record over, waiting for room only; the inner task completes when it was stored, or has failed.</summary>
    public async Task<Task<DeliveryReport>> EnqueueAsync(ProducerRecord record, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        var topic = await _client.GetTopicAsync(record.Topic, createMissing: true, cancellation);
        if (record.Partition is { } chosen && topic.Partitions.All(p => p.Index != chosen))
            throw new KafkaException(ErrorCode.UnknownTopicOrPartition, $"Topic {topic.Name} has no partition {chosen}, but {topic.Partitions.Count} of them.");
        await _budget.TakeAsync(record.EstimatedBytes).WaitAsync(cancellation);
        return QueueOf(new TopicPartition(record.Topic, ChoosePartition(record, topic.Partitions.Count))).Add(record);
    }

    /// <summary>Sends what was taken over without lingering, and returns when all of it was stored or has failed.</summary>
    public Task FlushAsync() => Task.WhenAll(_queues.Values.Select(queue => queue.FlushAsync()));

    /// <summary>Flushes.</summary>
    public async ValueTask DisposeAsync() => await FlushAsync();

    /// <summary>The producer id of all partitions, from the first record on.</summary>
    internal Task<ProducerIdentity> GetIdentityAsync()
    {
        lock (_gate)
        {
            if (_identity is null || _identity.IsFaulted)
                _identity = AskForIdentityAsync();
            return _identity;
        }
    }

    /// <summary>A new id will be asked for, and sequence numbers begin anew.</summary>
    internal void ForgetIdentity(ProducerIdentity lost)
    {
        lock (_gate)
        {
            if (_identity is { IsCompletedSuccessfully: true } && _identity.Result == lost)
                _identity = null;
        }
    }

    internal void Return(int bytes) => _budget.Return(bytes);

    private PartitionQueue QueueOf(TopicPartition partition) =>
        _queues.GetOrAdd(partition, static (p, self) => new PartitionQueue(self._client, self, p), this);

    /// <summary>
    /// By the key's hash as Java's producer does, so that a key has one partition whichever client writes it; without a
    /// key one partition for a whole batch, then the next (KIP-480).
    /// </summary>
    private int ChoosePartition(ProducerRecord record, int partitionCount)
    {
        if (record.Partition is { } chosen)
            return chosen;
        if (record.Key is { } key)
            return Murmur2.Partition(key.Span, partitionCount);
        var choice = _sticky.GetOrAdd(record.Topic, static _ => new StickyChoice(0, 0));
        var queue = QueueOf(new TopicPartition(record.Topic, choice.Partition));
        if (!queue.HasSentSince(choice.BatchesBegun))
            return choice.Partition;
        int next = (choice.Partition + 1) % partitionCount;
        _sticky[record.Topic] = new StickyChoice(next, QueueOf(new TopicPartition(record.Topic, next)).BatchesBegun);
        return next;
    }

    private async Task<ProducerIdentity> AskForIdentityAsync()
    {
        var request = new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = int.MaxValue };
        var response = await _client.RetryAsync(
            () => _client.SendAsync(request),
            answer => answer.ErrorCode.IsRetriable() ? answer.ErrorCode : ErrorCode.None,
            CancellationToken.None);
        KafkaException.ThrowIfError(response.ErrorCode, "A producer id");
        return new ProducerIdentity(response.ProducerId, response.ProducerEpoch);
    }
}
