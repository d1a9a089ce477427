using Chronik.Client.Connections;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client.Producing;

/// <summary>
/// What is to be sent to one partition: one batch is under way at a time, so that order holds, and the next ones fill
/// meanwhile.
/// </summary>
internal sealed class PartitionQueue(KafkaClient client, Producer producer, TopicPartition partition)
{
    private const short LastVersionWithTopicNames = 12;

    private readonly Lock _gate = new();
    private readonly Queue<PendingBatch> _batches = [];
    private readonly ProducerOptions _options = producer.Options;
    private PendingBatch? _open;
    private Task _sending = Task.CompletedTask;
    private ProducerIdentity _identity = ProducerIdentity.None;
    private int _sequence;
    private bool _isSending;

    /// <summary>How many batches were begun.</summary>
    public int BatchesBegun { get; private set; }

    /// <summary>Whether a batch that was begun after so many others takes no more records: keyless ones go elsewhere then.</summary>
    public bool HasSentSince(int batchesBegun)
    {
        lock (_gate)
            return BatchesBegun > batchesBegun + (_open is null ? 0 : 1);
    }

    public Task<DeliveryReport> Add(ProducerRecord record)
    {
        lock (_gate)
        {
            if (_open is not null && _open.EstimatedBytes + record.EstimatedBytes > _options.BatchBytesMax)
            {
                _open.Ready.TrySetResult();
                _open = null;
            }

            if (_open is null)
            {
                BatchesBegun++;
                _batches.Enqueue(_open = new PendingBatch());
            }

            var delivery = _open.Add(record, client.Options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds());
            if (!_isSending)
            {
                _isSending = true;
                _sending = SendAllAsync();
            }

            return delivery;
        }
    }

    /// <summary>Sends what is there without lingering, and returns when all of it was answered.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
        {
            _open?.Ready.TrySetResult();
            return _sending;
        }
    }

    private async Task SendAllAsync()
    {
        // The caller goes on adding records while another thread takes over.
        await Task.Yield();
        while (true)
        {
            PendingBatch batch;
            lock (_gate)
            {
                if (!_batches.TryPeek(out batch!))
                {
                    _isSending = false;
                    return;
                }
            }

            if (_options.Linger > TimeSpan.Zero)
                await Task.WhenAny(batch.Ready.Task, Task.Delay(_options.Linger, client.Options.TimeProvider));
            lock (_gate)
            {
                _batches.Dequeue();
                _open = _open == batch ? null : _open;
            }

            await DeliverAsync(batch);
            producer.Return(batch.EstimatedBytes);
        }
    }

    private async Task DeliverAsync(PendingBatch batch)
    {
        try
        {
            await TakeIdentityAsync();
            using var bytes = batch.Encode(_options.Compression, _identity, _sequence);
            batch.Complete(partition, await SendUntilStoredAsync(bytes.Memory));
            // Sequence numbers wrap from the largest to 0.
            _sequence = (int)(((long)_sequence + batch.Count) & int.MaxValue);
        }
        catch (Exception e)
        {
            // Whether the batch was stored is not known, so its sequence numbers cannot be used again.
            producer.ForgetIdentity(_identity);
            batch.Fail(e);
        }
    }

    private async Task TakeIdentityAsync()
    {
        if (!_options.EnableIdempotence)
            return;
        var identity = await producer.GetIdentityAsync();
        if (identity == _identity)
            return;
        _identity = identity;
        _sequence = 0;
    }

    private async Task<ProduceResponse.PartitionProduceResponse?> SendUntilStoredAsync(ReadOnlyMemory<byte> bytes)
    {
        var pause = new RetryPause(client.Options with { RetryTimeout = _options.DeliveryTimeout });
        while (true)
        {
            try
            {
                var answer = await SendOnceAsync(bytes);
                if (answer is null or { ErrorCode: ErrorCode.None or ErrorCode.DuplicateSequenceNumber })
                    return answer;
                if (!answer.ErrorCode.IsRetriable() || !pause.HasTimeLeft)
                    KafkaException.ThrowIfError(answer.ErrorCode, $"{partition}", answer.ErrorMessage);
            }
            catch (Exception e) when (pause.HasTimeLeft && (e is IOException or TimeoutException || (e is KafkaException refused && refused.Error.IsRetriable())))
            {
                // Sent again below: with idempotence the broker stores it once.
            }

            client.RefreshMetadata();
            await pause.WaitAsync(CancellationToken.None);
        }
    }

    private async Task<ProduceResponse.PartitionProduceResponse?> SendOnceAsync(ReadOnlyMemory<byte> bytes)
    {
        var request = new ProduceRequest { Acks = (short)_options.Acks, TimeoutMs = (int)client.Options.RequestTimeout.TotalMilliseconds };
        request.TopicData.Add(new()
        {
            Name = partition.Topic,
            PartitionData = { new() { Index = partition.Partition, Records = new RecordData(bytes) } },
        });
        int leader = await client.GetLeaderAsync(partition);
        var options = new SendOptions { HighestVersion = LastVersionWithTopicNames };
        if (_options.Acks == Acks.None)
        {
            await client.SendOnlyToBrokerAsync(leader, request, options, CancellationToken.None);
            return null;
        }

        var response = await client.SendToBrokerAsync(leader, request, options);
        return response.Responses[0].PartitionResponses[0];
    }
}
