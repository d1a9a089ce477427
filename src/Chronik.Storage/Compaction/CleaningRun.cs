using Chronik.Records;

namespace Chronik.Storage.Compaction;

/// <summary>What the groups of one compaction share.</summary>
internal sealed class CleaningRun : IDisposable
{
    public required OffsetMap Map { get; init; }

    public required BatchSource Source { get; init; }

    public required CompactionStats Stats { get; init; }

    /// <summary>Bytes that are written at once.</summary>
    public required int IoBufferBytes { get; init; }

    public required int IndexIntervalBytes { get; init; }

    /// <summary>When the compaction began.</summary>
    public required long NowMs { get; init; }

    /// <summary>Until when tombstones and markers stay that are met for the first time (KIP-534).</summary>
    public required long DeleteHorizonMs { get; init; }

    /// <summary>Where the compaction ends; a batch that ends there stays, if need be without records.</summary>
    public required long UpperBoundOffset { get; init; }

    public CleanedTransactions Transactions { get; } = new();

    public RecordBatchFilter Filter { get; } = new();

    public void Dispose()
    {
        Filter.Dispose();
        Source.Dispose();
        Map.Dispose();
    }
}
