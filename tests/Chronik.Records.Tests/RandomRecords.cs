namespace Chronik.Records.Tests;

/// <summary>Record sets from a seed: nulls, empties, long values, repeats that compress, gaps where asked for.</summary>
internal static class RandomRecords
{
    public static List<TestRecord> Make(Random random, long baseOffset = 0, bool gaps = false, bool headers = true)
    {
        var records = new List<TestRecord>();
        var offset = baseOffset;
        var timestamp = 1_700_000_000_000L + random.Next(-1000, 1000);
        for (var count = random.Next(1, 40); count > 0; count--)
        {
            records.Add(new TestRecord(offset, timestamp + random.Next(-100_000, 100_000), Bytes(random, 20), Bytes(random, random.Next(10) == 0 ? 90_000 : 300), headers ? Headers(random) : []));
            offset += gaps ? random.Next(1, 4) : 1;
        }

        return records;
    }

    public static byte[]? Bytes(Random random, int lengthMax)
    {
        if (random.Next(6) == 0)
            return null;
        var bytes = new byte[random.Next(lengthMax)];
        if (random.Next(2) == 0)
            random.NextBytes(bytes);
        else
            bytes.AsSpan().Fill((byte)random.Next(256));
        return bytes;
    }

    private static (string, byte[]?)[] Headers(Random random) => random.Next(3) != 0 ? []
        : [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => ($"h{i}ü", Bytes(random, 30)))];
}
