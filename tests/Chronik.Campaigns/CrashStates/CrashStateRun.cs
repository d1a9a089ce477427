using Chronik.Campaigns.Simulation;
using Chronik.Campaigns.Simulation.Disk;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.CrashStates;

/// <summary>
/// One scenario, ended at each of its file operations; from there each disk that may be left: all unsynced things there, none,
/// all but one, one alone, one page torn. The store starts from each, and must have what was promised.
/// </summary>
internal sealed class CrashStateRun(ScenarioSteps steps, int everyNth, DiskLie lie = DiskLie.None)
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SortedSet<string> _wrong = new(StringComparer.Ordinal);

    /// <summary>What was found, with the operation and the plan that show it again.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>Disks that were started from.</summary>
    public int States { get; private set; }

    /// <summary>File operations of the scenario.</summary>
    public long Operations { get; private set; }

    public void Run(CancellationToken cancellation)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        Operations = Play(endsAt: 0).Disk.Operations;
        for (var endsAt = 1L; endsAt <= Operations + 1 && !cancellation.IsCancellationRequested; endsAt += everyNth)
        {
            Try(endsAt, -1, othersSurvive: false, tears: false);
            var things = Try(endsAt, -1, othersSurvive: true, tears: false);
            for (var chosen = 0; chosen < things; chosen++)
            {
                Try(endsAt, chosen, othersSurvive: true, tears: false);
                Try(endsAt, chosen, othersSurvive: false, tears: false);
                Try(endsAt, chosen, othersSurvive: true, tears: true);
            }
        }
    }

    private int Try(long endsAt, int chosen, bool othersSurvive, bool tears)
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

        return plan.Count;
    }

    private (SimulatedDisk Disk, ScenarioContext Context) Play(long endsAt)
    {
        var disk = new SimulatedDisk(new DiskTrace(keepLines: false), new Random(1)) { EndsAt = endsAt, Faults = { Lie = lie } };
        var partition = new TopicPartition("t", 0);
        var model = new PartitionModel(partition, TopicId.Create(new Random(1)));
        var process = new StoreProcess(disk, new Random(1), s_start, static _ => { });
        process.Open(static _ => Scenarios.Config);
        var context = new ScenarioContext(process, process.Store!, model);
        if (process is { IsAlive: true, Store: not null })
        {
            _ = process.Scheduler.Start(async () =>
            {
                await steps(context);
                return true;
            });
            process.Scheduler.RunAll();
        }

        process.End();
        return (disk, context);
    }

    private static void Recover(SimulatedDisk disk, ScenarioContext context)
    {
        var model = context.Model;
        var process = new StoreProcess(disk, new Random(2), s_start.AddSeconds(10), static _ => { });
        if (process.Open(static _ => Scenarios.Config) is { } error)
            throw new SimulationFailure($"It does not start: {error.Message}", error);
        var isThere = process.Store!.TryGet(model.TopicPartition, out var log);
        if (context.IsDeleted && isThere)
            throw new SimulationFailure("The deleted topic is back.");
        if (context is { IsCreated: true, IsBeingDeleted: false } && !isThere)
            throw new SimulationFailure("The topic is gone.");
        if (!isThere && context.IsBeingDeleted)
            return;
        if (!isThere || log!.TopicId == TopicId.None)
            log = Make(process, model);
        LogCheck.AfterStart(log!, model);
        for (var i = 0; i < model.Batches.Count; i++)
            LogCheck.Times(log!, model, model.Batches[i].Timestamps[0]);
        process.Close();
    }

    private static IPartitionLog Make(StoreProcess process, PartitionModel model)
    {
        var making = process.Scheduler.Start(() => process.Store!.CreateAsync(model.TopicPartition, model.TopicId, Scenarios.Config).AsTask());
        process.Scheduler.RunAll();
        return making.IsCompletedSuccessfully ? making.Result : throw new SimulationFailure("The topic cannot be made.", making.Exception);
    }
}
