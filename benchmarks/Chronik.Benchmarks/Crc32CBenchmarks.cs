using BenchmarkDotNet.Attributes;
using Chronik.Records;

namespace Chronik.Benchmarks;

/// <summary>CRC-32C in three lanes beside one lane: whether the tables pay.</summary>
public class Crc32CBenchmarks
{
    private byte[] _bytes = [];

    [Params(200, 1024, 16 * 1024, 1024 * 1024)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bytes = new byte[Length];
        new Random(1).NextBytes(_bytes);
    }

    [Benchmark(Baseline = true)]
    public uint OneLane() => ~Crc32C.AppendOneLane(uint.MaxValue, _bytes);

    [Benchmark]
    public uint ThreeLanes() => Crc32C.Compute(_bytes);
}
