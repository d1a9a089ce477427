namespace Chronik.Storage.Tests;

/// <summary>Makes steps that are mostly right, and wrong in every way that a producer can be wrong.</summary>
internal sealed class ProducerWalk(Random random)
{
    private readonly Dictionary<long, Producer> _producers = [];

    private sealed class Producer
    {
        public short Epoch { get; set; }

        public int NextSequence { get; set; }

        public bool IsTransacting { get; set; }

        public List<ProducerStep.Batch> Written { get; } = [];
    }

    public ProducerStep Next()
    {
        var producerId = 5000 + random.Next(4);
        if (!_producers.TryGetValue(producerId, out var producer))
            _producers[producerId] = producer = new Producer { NextSequence = random.Next(3) == 0 ? int.MaxValue - random.Next(6) : 0 };
        return random.Next(100) < 22 ? Marker(producerId, producer) : Batch(producerId, producer);
    }

    /// <summary>Remembers what a step came to, so that the next ones follow on it.</summary>
    public void Happened(ProducerStep step, bool wasAppended)
    {
        if (!wasAppended)
            return;
        switch (step)
        {
            case ProducerStep.Batch batch:
                var writer = _producers[batch.ProducerId];
                writer.Epoch = batch.Epoch;
                writer.NextSequence = (int)((batch.Sequence + (long)batch.Count) & int.MaxValue);
                writer.IsTransacting |= batch.IsTransactional;
                writer.Written.Add(batch);
                break;
            case ProducerStep.Marker marker:
                var ended = _producers[marker.ProducerId];
                ended.NextSequence = marker.Epoch == ended.Epoch ? ended.NextSequence : 0;
                ended.Epoch = marker.Epoch;
                ended.IsTransacting = false;
                break;
        }
    }

    private ProducerStep.Batch Batch(long producerId, Producer producer)
    {
        var transactional = producer.IsTransacting ? random.Next(12) > 0 : random.Next(3) == 0;
        var count = random.Next(1, 4);
        return random.Next(20) switch
        {
            0 => new ProducerStep.Batch(producerId, (short)(producer.Epoch + 1), 0, count, transactional),
            1 => new ProducerStep.Batch(producerId, (short)(producer.Epoch + 1), random.Next(3), count, transactional),
            2 when producer.Epoch > 0 => new ProducerStep.Batch(producerId, (short)(producer.Epoch - 1), producer.NextSequence, count, transactional),
            3 => new ProducerStep.Batch(producerId, producer.Epoch, Wrapped(producer.NextSequence + (long)random.Next(-4, 5)), count, transactional),
            4 => new ProducerStep.Batch(producerId, producer.Epoch, 0, count, transactional),
            5 or 6 or 7 when producer.Written.Count > 0 => producer.Written[^random.Next(1, Math.Min(8, producer.Written.Count) + 1)],
            8 when producer.Written.Count > 0 => producer.Written[^1] with { Count = random.Next(1, 4) },
            _ => new ProducerStep.Batch(producerId, producer.Epoch, producer.NextSequence, count, transactional),
        };
    }

    private ProducerStep.Marker Marker(long producerId, Producer producer)
    {
        var raises = random.Next(3) == 0;
        var epoch = (short)Math.Max(0, producer.Epoch + (raises ? random.Next(4) > 0 ? 1 : 0 : random.Next(10) == 0 ? random.Next(-1, 2) : 0));
        return new ProducerStep.Marker(producerId, epoch, random.Next(10) == 0 ? random.Next(3) : 3, random.Next(2) == 0, raises);
    }

    private static int Wrapped(long sequence) => (int)(sequence & int.MaxValue);
}
