using Chronik.Campaigns.Seeds;
using Chronik.Campaigns.Simulation;
using Chronik.Campaigns.Simulation.Disk;
using Chronik.Protocol;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>
/// One seed: a whole broker on a simulated disk, catalog, clock and network through a random life of clients that speak the
/// wire protocol, failing disks, connections that break, kills and power cuts, in one thread. A model beside it knows what
/// must be there.
/// </summary>
internal sealed partial class BrokerSimulationRun : SeedRun<BrokerFigures>
{
    private const int BoundMs = 10_000;
    private readonly CatalogDisk _catalog;
    private readonly Dictionary<string, string> _settings;
    private BrokerProcess _process;
    private long _tick;
    private Exception? _wrong;

    public BrokerSimulationRun(int seed, BrokerFlaw flaw = BrokerFlaw.None, bool keepTrace = false)
        : base(seed, LieOf(flaw), keepTrace)
    {
        _catalog = new CatalogDisk(Disk, new Random(seed ^ 0xca7a), flaw == BrokerFlaw.CatalogForgets);
        _settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["chronik.flush"] = flaw == BrokerFlaw.EarlyAnswers ? "os" : "disk",
            ["log.index.size.max.bytes"] = Text(Random.Next(4) == 0 ? 10_485_760 : Random.Next(24, 200)),
            ["log.index.interval.bytes"] = Text(Random.Next(50, 4_000)),
            ["log.cleaner.backoff.ms"] = "2000",
            ["log.cleaner.io.buffer.size"] = "65536",
            ["log.cleaner.dedupe.buffer.size"] = "65536",
            ["log.cleaner.min.cleanable.ratio"] = "0.2",
        };
        _process = NewProcess();
        _members = [.. Enumerable.Range(0, MembersMax).Select(i => new GroupMember(s_groups[i % s_groups.Length], $"m{i}"))];
        _producers = [.. Enumerable.Range(0, ProducersMax).Select(static i => new IdempotentProducer($"p{i}"))];
    }

    protected override ISimulatedProcess Life => _process;

    protected override int StepsEnd => 200;

    protected override void Step(int dice)
    {
        if (!Live().Any() && dice % 2 == 0)
            Administrate();
        else if (dice < 280)
            Repeat(Produce);
        else if (dice < 330)
            Read();
        else if (dice < 430)
            Repeat(() => Act(Pick(_members)));
        else if (dice < 455)
            Repeat(CommitAlone);
        else if (dice < 475)
            ReadOffsets(Pick(s_groups));
        else if (dice < 545)
            Administrate();
        else if (dice < 680)
            Note("run", () => _process.Scheduler.Run(Random.Next(1, 12)));
        else if (dice < 800)
            Note("run all", () => _process.Scheduler.RunAll());
        else if (dice < 845)
            Note("wait", () => _process.Advance(Random.Next(3) == 0 ? Random.Next(12_000) : Random.Next(200)));
        else if (dice < 880)
            Note("settle", () => Disk.Settle());
        else if (dice < 905)
            CutConnection();
        else if (dice < 935)
            ChangeFaults();
        else if (dice < 955)
            Note("ends soon", () => Disk.EndsAt = Disk.Operations + Random.Next(1, 60));
        else if (dice < 965)
            Note("close", () => _process.Stop());
        else if (dice < 990)
            Note("end", () => Disk.Kill());
    }

    // Clients come together, now and then.
    private void Repeat(Action act)
    {
        for (var times = Random.Next(1, 5); times > 0; times--)
            act();
    }

    private void ChangeFaults()
    {
        var faults = Disk.Faults;
        Trace.Add("step", "faults");
        if (faults.AreSet && Random.Next(3) > 0)
        {
            faults.Clear();
            return;
        }

        _process.HadFaults = true;
        switch (Random.Next(7))
        {
            case 0: faults.Sync = Random.Next(1, 1000); break;
            case 1: faults.SyncFolder = Random.Next(1, 1000); break;
            case 2: faults.Write = Random.Next(1, 1000); break;
            case 3: faults.Names = Random.Next(1, 1000); break;
            case 4: faults.Read = Random.Next(1, 300); break;
            case 5: faults.IsFull = true; break;
            default: faults.IsReadOnly = true; break;
        }
    }

    protected override void Check()
    {
        if (_wrong is { } wrong)
            throw wrong as SimulationFailure ?? new SimulationFailure($"{wrong.GetType().Name}: {wrong.Message}\n{wrong.StackTrace}", wrong);
        if (_process.Scheduler.WasLeft)
            throw new SimulationFailure("Work went on outside of the scheduler");
        if (_process.FindOverdue() is { } call)
            throw new SimulationFailure($"{call.What} was not answered in its time ({_process.Time.Elapsed - call.Deadline} over)");
    }

    // A client's doing, which ends with the process.
    private void Begin(Func<BrokerProcess, Task> work)
    {
        var process = _process;
        _ = process.Scheduler.Start(async () =>
        {
            await work(process);
            return true;
        }).ContinueWith(
            task => _wrong ??= process.IsAlive ? task.Exception?.InnerException : null,
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    // What a client is told when the storage failed: no surprise on a disk that fails, wrong on one that is well.
    private static void ExpectTrouble(BrokerProcess process, string what, ErrorCode error)
    {
        if (!process.MayFail)
            throw new SimulationFailure($"{what} is answered with {error} on a disk that is well");
    }

    private BrokerProcess NewProcess() => new(Disk, _catalog, Random, Now, _settings);

    private static DiskLie LieOf(BrokerFlaw flaw) => flaw switch
    {
        BrokerFlaw.FileSync => DiskLie.FileSync,
        BrokerFlaw.FolderSync => DiskLie.FolderSync,
        BrokerFlaw.SyncErrors => DiskLie.SyncErrors,
        _ => DiskLie.None,
    };
}
