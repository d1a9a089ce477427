using System.Text;
using Chronik.Campaigns.Simulation;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.CrashStates;

/// <summary>A scenario's hold on the process that runs it.</summary>
internal sealed class ScenarioContext
{
    private const int FillerBytes = 150;
    private readonly Random _random = new(1);
    private readonly Dictionary<long, int> _sequences = [];
    private readonly StoreProcess _process;
    private readonly LogStore _store;

    public ScenarioContext(StoreProcess process, LogStore store, PartitionModel model, LogConfig config)
    {
        _process = process;
        _store = store;
        Model = model;
        Config = config;
        Remember(config);
    }

    public PartitionModel Model { get; }

    /// <summary>The topic's settings now.</summary>
    public LogConfig Config { get; private set; }

    public bool IsAlive => _process.IsAlive;

    /// <summary>The topic was promised to be there.</summary>
    public bool IsCreated { get; private set; }

    /// <summary>It may be gone.</summary>
    public bool IsBeingDeleted { get; private set; }

    /// <summary>It was promised to be gone.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>Before this operation of the disk nothing is cut off.</summary>
    public long FirstCut { get; private set; } = 1;

    /// <summary>Where the log starts now; 0 where there is none.</summary>
    public long LogStart => _store.TryGet(Model.TopicPartition, out var log) ? log.LogStartOffset : 0;

    /// <summary>From here on the power may be cut; what was done so far other scenarios look at.</summary>
    public void BeginCuts() => FirstCut = _process.Disk.Operations + 1;

    public async Task CreateAsync()
    {
        await _store.CreateAsync(Model.TopicPartition, Model.TopicId, Config);
        IsCreated = true;
    }

    /// <summary>The catalog has new settings, and so does the log.</summary>
    public void Configure(LogConfig config)
    {
        Config = config;
        Remember(config);
        if (_store.TryGet(Model.TopicPartition, out var log))
            log.Config = config;
    }

    /// <summary>Writes batches of all sizes, up to more than a page.</summary>
    public async Task AppendAsync(int batches)
    {
        const int ProducerId = 1;
        for (var i = 0; i < batches && _process.IsAlive; i++)
            await AppendAsync(Batch.Idempotent(_random, _process.NowMs, ProducerId, epoch: 0, NextSequence(ProducerId, 1), count: 1, isTransactional: false));
    }

    /// <summary>Writes a small batch of records with keys; no value: a tombstone.</summary>
    public Task PutAsync(params (string Key, string? Value)[] records)
    {
        using var builder = new RecordBatchBuilder();
        return AppendAsync(Fill(builder, records));
    }

    /// <summary>The same as an idempotent producer.</summary>
    public Task PutAsAsync(long producerId, bool isTransactional, params (string Key, string? Value)[] records)
    {
        using var builder = new RecordBatchBuilder
        {
            ProducerId = producerId,
            ProducerEpoch = 0,
            BaseSequence = NextSequence(producerId, records.Length),
            IsTransactional = isTransactional,
        };
        return AppendAsync(Fill(builder, records));
    }

    /// <summary>The same as a whole transaction.</summary>
    public async Task PutInTransactionAsync(long producerId, bool isCommit, params (string Key, string? Value)[] records)
    {
        await PutAsAsync(producerId, isTransactional: true, records);
        await EndTransactionAsync(producerId, isCommit);
    }

    public Task EndTransactionAsync(long producerId, bool isCommit) =>
        AppendAsync(Batch.Marker(_process.NowMs, producerId, epoch: 0, isCommit), AppendOrigin.Coordinator, isCommit);

    /// <summary>Fills the segment of now, so that compaction may take all that was written before.</summary>
    public async Task RollAsync()
    {
        for (var bytes = 0; bytes < Config.SegmentBytesMax && _process.IsAlive; bytes += FillerBytes)
            await PutAsync(("filler", new string('f', FillerBytes)));
    }

    public async Task TrimAsync(long offset)
    {
        Model.TrimAsked = offset;
        await Log().TrimAsync(offset);
        if (_process.IsAlive)
            Model.PromiseTrim(offset);
    }

    public async Task DeleteAsync()
    {
        IsBeingDeleted = true;
        await _store.DeleteAsync(Model.TopicPartition);
        IsDeleted = _process.IsAlive;
    }

    /// <summary>Sets off the store's own work: checkpoints, retention, compaction.</summary>
    public void Wait(int milliseconds) => _process.Time.Advance(milliseconds);

    /// <summary>The same, and waits until it is done.</summary>
    public async Task WaitAndSettleAsync(int milliseconds)
    {
        Wait(milliseconds);
        await Task.Yield();
        while (!_process.Scheduler.IsIdle)
            await Task.Yield();
    }

    /// <summary>Lets some of it happen.</summary>
    public static async Task StepAsync(int steps)
    {
        for (; steps > 0; steps--)
            await Task.Yield();
    }

    public async Task CloseAsync() => await _store.DisposeAsync();

    private async Task AppendAsync(byte[] bytes, AppendOrigin origin = AppendOrigin.Client, bool isCommit = false)
    {
        var log = Log();
        var batch = ModelBatch.Of(new RecordBatchView(bytes), Model.EndOffset, isCommit, isOsOnly: false);
        var result = log.Append(bytes, origin);
        if (result.Error == ErrorCode.None)
            Model.Append(batch);
        else if (_process.IsAlive)
            throw new SimulationFailure($"The scenario's batch at {Model.EndOffset} is refused: {result}.");
        else
            Model.Failed(batch);
        if (result.Error == ErrorCode.None && await log.WhenDurable(Model.EndOffset) == ErrorCode.None && _process.IsAlive)
            Model.Promise(Model.EndOffset);
    }

    private byte[] Fill(RecordBatchBuilder builder, (string Key, string? Value)[] records)
    {
        foreach (var (key, value) in records)
            builder.Add(_process.NowMs, Encoding.Latin1.GetBytes(key), value is null ? default(ReadOnlyMemory<byte>?) : Encoding.Latin1.GetBytes(value));
        return builder.ToArray();
    }

    private int NextSequence(long producerId, int count)
    {
        var next = _sequences.GetValueOrDefault(producerId);
        _sequences[producerId] = next + count;
        return next;
    }

    private void Remember(LogConfig config)
    {
        Model.Configure(config.RetentionMs, config.RetentionBytes);
        Model.MayBeCompacted |= config.IsCompacted;
    }

    private IPartitionLog Log() => _store.TryGet(Model.TopicPartition, out var log) ? log : throw new IOException("There is no log.");
}
