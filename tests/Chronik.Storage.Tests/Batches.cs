using System.Text;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>Record batches for tests.</summary>
internal static class Batches
{
    public static byte[] Of(params string[] values) => Of(1000, values);

    public static byte[] Of(long timestamp, params string[] values)
    {
        using var builder = new RecordBatchBuilder();
        foreach (var value in values)
            builder.Add(timestamp++, null, Encoding.UTF8.GetBytes(value));
        return builder.ToArray();
    }

    public static byte[] OfSize(int valueBytes, long timestamp = 1000)
    {
        using var builder = new RecordBatchBuilder();
        var value = new byte[valueBytes];
        Array.Fill(value, (byte)'x');
        builder.Add(timestamp, null, value);
        return builder.ToArray();
    }

    public static byte[] Idempotent(long producerId, short epoch, int sequence, int count = 1, bool isTransactional = false) =>
        IdempotentAt(1000, producerId, epoch, sequence, count, isTransactional);

    public static byte[] IdempotentAt(long timestamp, long producerId, short epoch, int sequence, int count = 1, bool isTransactional = false)
    {
        using var builder = new RecordBatchBuilder
        {
            ProducerId = producerId,
            ProducerEpoch = epoch,
            BaseSequence = sequence,
            IsTransactional = isTransactional,
        };
        for (var i = 0; i < count; i++)
            builder.Add(timestamp, null, Encoding.UTF8.GetBytes($"{producerId}/{epoch}/{sequence + i}"));
        return builder.ToArray();
    }

    public static byte[] Marker(bool commit, long producerId, short epoch, int coordinatorEpoch = 0) =>
        RecordBatchBuilder.Marker(commit ? ControlRecordType.Commit : ControlRecordType.Abort, producerId, epoch, coordinatorEpoch, 1000);

    /// <summary>The records of what was read, as "offset=value"; a batch that was cut short is left out.</summary>
    public static List<string> ValuesOf(RecordData records)
    {
        var values = new List<string>();
        var rest = records.TakeBytes().AsSpan();
        while (RecordBatchView.TryRead(rest, out var batch))
        {
            Assert.True(batch.IsCrcValid);
            foreach (var record in new RecordBatchReader(batch))
                values.Add(batch.IsControl ? $"{record.Offset}=marker" : $"{record.Offset}={Encoding.UTF8.GetString(record.Value)}");
            rest = rest[batch.SizeInBytes..];
        }

        return values;
    }

    /// <summary>The last offset of what was read; a batch that was cut short is left out.</summary>
    public static long LastOffsetOf(RecordData records)
    {
        var last = -1L;
        var rest = records.TakeBytes().AsSpan();
        while (RecordBatchView.TryRead(rest, out var batch))
        {
            last = batch.LastOffset;
            rest = rest[batch.SizeInBytes..];
        }

        return last;
    }

    public static AppendResult AppendOk(this IPartitionLog log, byte[] batches, AppendOrigin origin = AppendOrigin.Client)
    {
        var result = log.Append(batches, origin);
        Assert.Equal(ErrorCode.None, result.Error);
        return result;
    }

    /// <summary>Everything that can be read from an offset on.</summary>
    public static List<string> ReadAll(this IPartitionLog log, long offset = 0, ReadBound bound = ReadBound.HighWatermark, int bytesMax = 1 << 20)
    {
        var values = new List<string>();
        while (true)
        {
            var result = log.Read(offset, bytesMax, bound, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, result.Error);
            if (result.Records.Length == 0)
                return values;
            var next = ValuesOf(result.Records);
            values.AddRange(next);
            offset = long.Parse(next[^1].Split('=')[0], System.Globalization.CultureInfo.InvariantCulture) + 1;
        }
    }
}
