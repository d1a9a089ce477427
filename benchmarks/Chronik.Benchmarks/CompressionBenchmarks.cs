using BenchmarkDotNet.Attributes;
using Chronik.Records;

namespace Chronik.Benchmarks;

/// <summary>64 KiB of half noise, half repeats through each codec.</summary>
[MemoryDiagnoser]
public class CompressionBenchmarks
{
    private const int Length = 64 * 1024;
    private readonly byte[] _plain = new byte[Length];
    private byte[] _compressed = [];

    [Params(CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd)]
    public CompressionCodec Codec { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var at = 0; at < Length; at += 128)
            random.NextBytes(_plain.AsSpan(at, 64));
        using var compressed = Compressions.Compress(Codec, _plain);
        _compressed = compressed.Span.ToArray();
    }

    [Benchmark]
    public int Compress()
    {
        using var compressed = Compressions.Compress(Codec, _plain);
        return compressed.Length;
    }

    [Benchmark]
    public int Decompress()
    {
        using var plain = Compressions.Decompress(Codec, _compressed, Length);
        return plain.Length;
    }
}
