using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>Message formats 0 and 1, for clients of Kafka 0.8 to 0.10: record batches converted down for their Fetch.</summary>
public static class MessageSets
{
    /// <summary>
    /// Converts record batches for a Fetch below version 4. Markers of transactions are left out, offsets and codec are
    /// kept, headers are lost. Of the first batch, records below <paramref name="firstOffset"/> are left out unless it is
    /// compressed; a client skips them.
    /// </summary>
    /// <param name="batches">Whole v2 batches; an incomplete one at the end is left out.</param>
    /// <param name="magic">0 (Fetch 0 and 1) or 1 (Fetch 2 and 3).</param>
    /// <param name="firstOffset">The offset that was asked for.</param>
    /// <param name="bytesMax">The answer is cut here, within a message if need be: such clients expect it.</param>
    /// <exception cref="RecordFormatException">The first batch cannot be converted: Zstandard (UNSUPPORTED_COMPRESSION_TYPE), or damaged.</exception>
    public static RentedBytes DownConvert(ReadOnlySpan<byte> batches, byte magic, long firstOffset, int bytesMax = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(magic, 1);
        using var converted = new PooledBuffer(batches.Length);
        using var inner = new PooledBuffer(0);
        while (converted.Length < bytesMax && RecordBatchView.TryRead(batches, out var batch))
        {
            batches = batches[batch.SizeInBytes..];
            if (batch.IsControl)
                continue;
            if (batch.Compression == CompressionCodec.Zstd)
            {
                // What precedes it can still be read; the next Fetch begins here and gets the error.
                if (converted.Length > 0)
                    break;
                throw new RecordFormatException(ErrorCode.UnsupportedCompressionType, $"Records at offset {batch.BaseOffset} are compressed with Zstandard, which needs Fetch version 10.");
            }

            Convert(batch, magic, firstOffset, converted, inner);
        }

        return converted.Length <= bytesMax ? converted.Detach() : Cut(converted, bytesMax);
    }

    private static RentedBytes Cut(PooledBuffer converted, int bytesMax)
    {
        using var cut = new PooledBuffer(bytesMax);
        cut.Write(converted.Written[..bytesMax]);
        return cut.Detach();
    }

    private static void Convert(RecordBatchView batch, byte magic, long firstOffset, PooledBuffer converted, PooledBuffer inner)
    {
        var isCompressed = batch.Compression != CompressionCodec.None;
        var writer = new MessageSetWriter(isCompressed ? inner : converted, magic, batch.TimestampType);
        var first = -1L;
        var last = -1L;
        var maxTimestamp = RecordBatchHeader.NoTimestamp;
        inner.Clear();
        using var reader = new RecordBatchReader(batch);
        while (reader.MoveNext())
        {
            var record = reader.Current;
            if (!isCompressed && record.Offset < firstOffset)
                continue;
            if (first < 0)
                first = record.Offset;
            last = record.Offset;
            maxTimestamp = Math.Max(maxTimestamp, record.Timestamp);
            var offset = isCompressed && magic == 1 ? record.Offset - first : record.Offset;
            writer.Write(offset, record.Timestamp, record.Key, record.IsKeyNull, record.Value, record.IsValueNull);
        }

        if (isCompressed && first >= 0)
            new MessageSetWriter(converted, magic, batch.TimestampType).WriteCompressed(batch.Compression, inner.Written, last, maxTimestamp);
    }
}
