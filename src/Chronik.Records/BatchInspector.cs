namespace Chronik.Records;

/// <summary>
/// Looks at the records of a batch that is stored already, as a doctor does: every record is parsed, compressed ones through a
/// small window, and the first thing that is wrong is put into words.
/// </summary>
public static class BatchInspector
{
    /// <summary>What is wrong with the records, or null. Compacted batches may lack some of their offsets.</summary>
    /// <param name="batch">A whole batch whose checksum is right.</param>
    /// <param name="decompressedBytesMax">More than this does not come out of a batch that is sound.</param>
    public static string? FindProblem(RecordBatchView batch, int decompressedBytesMax)
    {
        if (batch.Compression > CompressionCodec.Zstd)
            return $"the batch has the unknown compression {(int)batch.Compression}";
        try
        {
            return batch.Compression == CompressionCodec.None || batch.RecordCount == 0
                ? FindPlain(batch)
                : FindCompressed(batch, decompressedBytesMax);
        }
        catch (RecordFormatException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    private static string? FindPlain(RecordBatchView batch)
    {
        var payload = batch.Payload;
        var at = 0;
        var last = -1;
        for (var i = 0; i < batch.RecordCount; i++)
        {
            if (!ParsedRecord.TryParse(payload, ref at, out var record) || !IsNext(record, batch, ref last))
                return Malformed(i, batch);
        }

        return at == payload.Length ? null : Surplus;
    }

    private static unsafe string? FindCompressed(RecordBatchView batch, int bytesMax)
    {
        var payload = batch.Payload;
        var last = -1;
        fixed (byte* start = payload)
        {
            using var source = Decompressor.Create(batch.Compression, start, payload.Length);
            using var stream = new RecordStream(source, bytesMax);
            for (var i = 0; i < batch.RecordCount; i++)
            {
                if (!stream.TryRead(out var record) || !IsNext(record, batch, ref last))
                    return Malformed(i, batch);
            }

            return stream.IsAtEnd() ? null : Surplus;
        }
    }

    private const string Surplus = "more records than its header counts are in the batch";

    private static bool IsNext(in ParsedRecord record, RecordBatchView batch, ref int last)
    {
        var isNext = record.OffsetDelta > last && record.OffsetDelta <= batch.LastOffsetDelta;
        last = record.OffsetDelta;
        return isNext;
    }

    private static string Malformed(int index, RecordBatchView batch) => $"record {index} of {batch.RecordCount} cannot be parsed";
}
