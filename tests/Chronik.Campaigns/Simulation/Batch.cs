using Chronik.Records;

namespace Chronik.Campaigns.Simulation;

/// <summary>Batches as producers send them.</summary>
internal static class Batch
{
    private const int JitterMs = 3_000;

    public static byte[] Plain(Random random, long nowMs)
    {
        using var builder = new RecordBatchBuilder();
        return Fill(builder, random, nowMs, random.Next(1, 4));
    }

    /// <summary>As small as it can be: only its header counts.</summary>
    public static byte[] Empty(long nowMs, long producerId, short epoch, int sequence, int count, bool isTransactional)
    {
        using var builder = new RecordBatchBuilder
        {
            ProducerId = producerId,
            ProducerEpoch = epoch,
            BaseSequence = sequence,
            IsTransactional = isTransactional,
        };
        for (var i = 0; i < count; i++)
            builder.Add(nowMs, null, null);
        return builder.ToArray();
    }

    public static byte[] Idempotent(Random random, long nowMs, long producerId, short epoch, int sequence, int count, bool isTransactional)
    {
        using var builder = new RecordBatchBuilder
        {
            ProducerId = producerId,
            ProducerEpoch = epoch,
            BaseSequence = sequence,
            IsTransactional = isTransactional,
        };
        return Fill(builder, random, nowMs, count);
    }

    public static byte[] Marker(long nowMs, long producerId, short epoch, bool isCommit) =>
        RecordBatchBuilder.Marker(isCommit ? ControlRecordType.Commit : ControlRecordType.Abort, producerId, epoch, 0, nowMs);

    private static byte[] Fill(RecordBatchBuilder builder, Random random, long nowMs, int count)
    {
        for (var i = 0; i < count; i++)
        {
            // Mostly small, so that many share a page; now and then larger than a page, now and then full of zeros.
            var value = new byte[random.Next(10) == 0 ? random.Next(6000) : random.Next(60)];
            if (random.Next(12) > 0)
                random.NextBytes(value);
            builder.Add(nowMs + random.Next(-JitterMs, JitterMs), null, value);
        }

        return builder.ToArray();
    }
}
