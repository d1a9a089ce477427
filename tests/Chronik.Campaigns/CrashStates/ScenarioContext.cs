using Chronik.Campaigns.Simulation;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.CrashStates;

/// <summary>A scenario's hold on the process that runs it.</summary>
internal sealed class ScenarioContext(StoreProcess process, LogStore store, PartitionModel model)
{
    private readonly Random _random = new(1);

    public PartitionModel Model => model;

    public async Task CreateAsync()
    {
        await store.CreateAsync(model.TopicPartition, model.TopicId, Scenarios.Config);
        IsCreated = true;
    }

    /// <summary>The topic was promised to be there.</summary>
    public bool IsCreated { get; private set; }

    /// <summary>It was promised to be gone.</summary>
    public bool IsDeleted { get; private set; }

    public async Task AppendAsync(int batches, int firstSequence)
    {
        var log = Log();
        for (var i = 0; i < batches && process.IsAlive; i++)
        {
            var bytes = Batch.Idempotent(_random, process.NowMs, producerId: 1, epoch: 0, firstSequence + i, count: 1, isTransactional: false);
            var batch = ModelBatch.Of(new RecordBatchView(bytes), model.EndOffset, isCommit: false, isOsOnly: false);
            var result = log.Append(bytes, AppendOrigin.Client);
            if (result.Error == ErrorCode.None)
                model.Append(batch);
            else
                model.Failed(batch);
            if (result.Error == ErrorCode.None && await log.WhenDurable(model.EndOffset) == ErrorCode.None && process.IsAlive)
                model.Promise(model.EndOffset);
        }
    }

    public async Task TrimAsync(long offset)
    {
        model.TrimAsked = offset;
        await Log().TrimAsync(offset);
        if (process.IsAlive)
            model.PromiseTrim(offset);
    }

    public async Task DeleteAsync()
    {
        IsBeingDeleted = true;
        await store.DeleteAsync(model.TopicPartition);
        IsDeleted = process.IsAlive;
    }

    /// <summary>It may be gone.</summary>
    public bool IsBeingDeleted { get; private set; }

    /// <summary>Lets the store's own work happen: checkpoints, retention.</summary>
    public void Wait(int milliseconds) => process.Time.Advance(milliseconds);

    public async Task CloseAsync() => await store.DisposeAsync();

    private IPartitionLog Log() => store.TryGet(model.TopicPartition, out var log) ? log : throw new IOException("There is no log.");
}
