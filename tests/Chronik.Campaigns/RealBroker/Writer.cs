using Chronik.Client;
using Chronik.Protocol;
using Chronik.Records;

namespace Chronik.Campaigns.RealBroker;

/// <summary>Sends bursts of records to one partition and notes what is acknowledged.</summary>
internal sealed class Writer(WriterStory story, Ledger ledger, LoadShape shape, Func<KafkaClient> connect, Random random)
{
    private const int OutstandingMax = 200;

    private int _outstanding;

    /// <summary>Runs until it is told to stop, and then until the last record is acknowledged or has failed.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var client = connect();
        await using var producer = new Producer(client, new ProducerOptions
        {
            EnableIdempotence = story.IsIdempotent,
            Compression = (CompressionCodec)(story.Number % 5),
            DeliveryTimeout = shape.DeliveryTimeout,
            BatchBytesMax = 64 * 1024,
        });
        while (!stop.IsCancellationRequested)
        {
            for (var left = random.Next(1, shape.BurstMax + 1); left > 0 && Volatile.Read(ref _outstanding) < OutstandingMax; left--)
                await SendAsync(producer, stop);
            await Task.Delay(random.Next((int)shape.PauseMax.TotalMilliseconds + 1), CancellationToken.None);
        }
    }

    private async Task SendAsync(Producer producer, CancellationToken stop)
    {
        var sequence = story.Sending(ledger.Now);
        var record = new ProducerRecord
        {
            Topic = story.Topic.Name,
            Partition = story.Partition,
            Value = LoadRecord.Value(story.Topic.Number, story.Number, sequence),
        };
        try
        {
            _ = NoteAsync(sequence, await producer.EnqueueAsync(record, stop));
        }
        catch (Exception e) when (e is IOException or TimeoutException or KafkaException or OperationCanceledException)
        {
            // Not even sent: the broker is away.
            story.Trouble = e.Message;
        }
    }

    private async Task NoteAsync(int sequence, Task<DeliveryReport> delivery)
    {
        Interlocked.Increment(ref _outstanding);
        try
        {
            ledger.Acknowledge(story, sequence, (await delivery).Offset);
        }
        catch (Exception e) when (e is IOException or TimeoutException or KafkaException)
        {
            // It may be there or not.
            story.Trouble = e.Message;
        }
        finally
        {
            Interlocked.Decrement(ref _outstanding);
        }
    }
}
