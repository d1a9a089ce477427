using BenchmarkDotNet.Attributes;
using Chronik.Records;

namespace Chronik.Benchmarks;

/// <summary>What Produce costs before anything is written: one batch of about 64 KiB validated. Budget: no allocation uncompressed.</summary>
[MemoryDiagnoser]
public class ValidateBenchmarks
{
    private const int BatchBytes = 64 * 1024;
    private const long Now = 1_795_000_000_000;
    private readonly BatchRules _rules = new();
    private byte[] _batch = [];

    [Params(100, 1024)]
    public int ValueBytes { get; set; }

    [Params(CompressionCodec.None, CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd)]
    public CompressionCodec Codec { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        using var builder = new RecordBatchBuilder { Compression = Codec };
        var value = new byte[ValueBytes];
        while (builder.SizeInBytesUncompressed < BatchBytes)
        {
            // Half noise, half repeats: what compresses to about a half.
            random.NextBytes(value.AsSpan(0, ValueBytes / 2));
            builder.Add(Now, null, value.ToArray());
        }

        _batch = builder.ToArray();
    }

    [Benchmark]
    public bool Validate()
    {
        using var verdict = BatchValidator.Validate(_batch, _rules, produceVersion: 9, Now);
        return verdict.IsValid;
    }

    [Benchmark]
    public int ReadRecords()
    {
        var count = 0;
        using var reader = new RecordBatchReader(new RecordBatchView(_batch));
        while (reader.MoveNext())
            count += reader.Current.Value.Length;
        return count;
    }
}
