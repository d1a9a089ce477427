using Chronik.Protocol;

namespace Chronik.Records.Tests;

/// <summary>The budgets of the hot path.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Validating_an_uncompressed_batch_allocates_nothing(int count)
    {
        var rules = new BatchRules();
        var batch = new Forged { Count = count }.ToArray();
        Assert.Equal(0, Allocated(() =>
        {
            using var verdict = BatchValidator.Validate(batch, rules, produceVersion: 9, Forged.Now);
            if (verdict.Error != ErrorCode.None)
                throw new InvalidOperationException(verdict.ErrorMessage);
        }));
    }

    [Theory]
    [InlineData(CompressionCodec.Snappy, 200)]
    [InlineData(CompressionCodec.Lz4, 200)]
    [InlineData(CompressionCodec.Zstd, 200)]
    [InlineData(CompressionCodec.Gzip, 1000)]
    public void Validating_a_compressed_batch_allocates_its_decompressor_alone(CompressionCodec codec, int budget)
    {
        var rules = new BatchRules();
        var batch = new Forged { Count = 1000, Codec = codec }.ToArray();
        var allocated = Allocated(() => BatchValidator.Validate(batch, rules, produceVersion: 9, Forged.Now).Dispose());
        Assert.True(allocated <= budget, $"{allocated} bytes, {budget} allowed");
    }

    [Fact]
    public void Reading_the_records_of_an_uncompressed_batch_allocates_nothing()
    {
        var batch = new Forged { Count = 100 }.ToArray();
        Assert.Equal(0, Allocated(() =>
        {
            using var reader = new RecordBatchReader(new RecordBatchView(batch));
            var bytes = 0;
            while (reader.MoveNext())
                bytes += reader.Current.Value.Length;
            if (bytes != 100)
                throw new InvalidOperationException();
        }));
    }

    /// <summary>The least of several runs: a pool that grows and code that is compiled anew are not the path's own.</summary>
    private static long Allocated(Action action)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 50; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
