using Chronik.Campaigns.Simulation;
using Chronik.Campaigns.Simulation.Disk;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.CrashStates;

/// <summary>
/// One scenario, ended at each of its file operations; from there each disk that may be left: all unsynced things there, none,
/// all but one, one alone, one page torn. The store starts from each, and must have what was promised.
/// </summary>
internal sealed class CrashStateRun(Scenario scenario, int everyNth, DiskLie lie = DiskLie.None)
{
    private const int BackoffMs = 15_100;
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SortedSet<string> _wrong = new(StringComparer.Ordinal);


    // Where the log starts if nothing happens to it.
    private long _startMax = long.MaxValue;

    /// <summary>What was found, with the operation and the plan that show it again.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>Disks that were started from.</summary>
    public int States { get; private set; }

    /// <summary>File operations of the scenario that were looked at.</summary>
    public long Operations { get; private set; }

    public void Run(CancellationToken cancellation)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var (disk, context) = Play(endsAt: 0);
        Operations = disk.Operations - context.FirstCut + 1;
        _startMax = context.LogStart;
        for (var endsAt = context.FirstCut; endsAt <= disk.Operations + 1 && !cancellation.IsCancellationRequested; endsAt += everyNth)
        {
            Try(endsAt, -1, othersSurvive: false, tears: false);
            var all = Try(endsAt, -1, othersSurvive: true, tears: false);
            for (var chosen = 0; chosen < all.Count; chosen++)
            {
                Try(endsAt, chosen, othersSurvive: true, tears: false);
                Try(endsAt, chosen, othersSurvive: false, tears: false);
                if (all.IsPage(chosen))
                    Try(endsAt, chosen, othersSurvive: true, tears: true);
            }
        }
    }

    private CrashPlan Try(long endsAt, int chosen, bool othersSurvive, bool tears)
    {
        States++;
        var plan = new CrashPlan(chosen, othersSurvive, tears);
        try
        {
            var (disk, context) = Play(endsAt);
            disk.CutPower(plan);
            Recover(disk, context);
        }
        catch (SimulationFailure wrong)
        {
            _wrong.Add($"power cut before operation {endsAt}, thing {chosen} otherwise than the rest, which {(othersSurvive ? "survives" : "is lost")}{(tears ? ", torn" : "")}: {wrong.Message}");
        }

        return plan;
    }

    private (SimulatedDisk Disk, ScenarioContext Context) Play(long endsAt)
    {
        var disk = new SimulatedDisk(new DiskTrace(keepLines: false), new Random(1)) { EndsAt = endsAt, Faults = { Lie = lie } };
        var partition = new TopicPartition("t", 0);
        var model = new PartitionModel(partition, TopicId.Create(new Random(1)));
        var process = new StoreProcess(disk, new Random(1), s_start, static _ => { });
        process.Open(_ => scenario.Config);
        var context = new ScenarioContext(process, process.Store!, model, scenario.Config);
        if (process is { IsAlive: true, Store: not null })
        {
            var playing = process.Scheduler.Start(async () =>
            {
                await scenario.RunAsync(context);
                return true;
            });
            process.Scheduler.RunAll();
            if (process.IsAlive && !playing.IsCompletedSuccessfully)
                throw new SimulationFailure($"The scenario does not come to its end: {playing.Exception?.InnerException?.Message}", playing.Exception);
        }

        process.End();
        return (disk, context);
    }

    private void Recover(SimulatedDisk disk, ScenarioContext context)
    {
        var model = context.Model;
        var process = new StoreProcess(disk, new Random(2), s_start.AddSeconds(100), static _ => { });
        if (process.Open(_ => context.Config) is { } error)
            throw new SimulationFailure($"It does not start: {error.Message}", error);
        var isThere = process.Store!.TryGet(model.TopicPartition, out var log);
        if (context.IsDeleted && isThere)
            throw new SimulationFailure("The deleted topic is back.");
        if (context is { IsCreated: true, IsBeingDeleted: false } && !isThere)
            throw new SimulationFailure("The topic is gone.");
        if (!isThere && context.IsBeingDeleted)
            return;
        if (!isThere || log!.TopicId == TopicId.None)
            log = Make(process, context);
        Check(process, log!, model);
        GoOn(process, log!, model);
        process.Close();
    }

    private void Check(StoreProcess process, IPartitionLog log, PartitionModel model)
    {
        LogCheck.AfterStart(log, model);
        if (log.LogStartOffset > _startMax)
            throw new SimulationFailure($"The log starts at {log.LogStartOffset}; nothing from {_startMax} on was to be deleted.");
        foreach (var time in model.Batches.Select(static batch => batch.Records[0].Timestamp).Distinct())
            LogCheck.Times(log, model, time);
        LogCheck.Committed(log, model);
        foreach (var producerId in model.Batches.Where(static batch => batch.ProducerId >= 0).Select(static batch => batch.ProducerId).Distinct())
        {
            foreach (var batch in model.Remembered(producerId, log.LogStartOffset))
                LogCheck.Repeat(log, model, batch, process.NowMs, mayFail: false);
        }
    }

    // It takes records, and what was cut off is done again: retention, compaction.
    private void GoOn(StoreProcess process, IPartitionLog log, PartitionModel model)
    {
        var bytes = Batch.Empty(process.NowMs, producerId: 99, epoch: 0, sequence: 0, count: 1, isTransactional: false);
        var batch = ModelBatch.Of(new RecordBatchView(bytes), model.EndOffset, isCommit: false, isOsOnly: false);
        var result = log.Append(bytes, AppendOrigin.Client);
        if (result.Error != ErrorCode.None)
            throw new SimulationFailure($"It answers {result} for an append after the start.");
        model.Append(batch);
        process.Scheduler.RunAll();
        process.Time.Advance(BackoffMs);
        process.Scheduler.RunAll();
        if (log.HighWatermark != model.EndOffset)
            throw new SimulationFailure($"Nothing becomes durable after the start: {log.HighWatermark} of {model.EndOffset}.");
        model.Promise(model.EndOffset);
        Check(process, log, model);
    }

    private static IPartitionLog Make(StoreProcess process, ScenarioContext context)
    {
        var model = context.Model;
        var making = process.Scheduler.Start(() => process.Store!.CreateAsync(model.TopicPartition, model.TopicId, context.Config).AsTask());
        process.Scheduler.RunAll();
        return making.IsCompletedSuccessfully ? making.Result : throw new SimulationFailure("The topic cannot be made.", making.Exception);
    }
}
