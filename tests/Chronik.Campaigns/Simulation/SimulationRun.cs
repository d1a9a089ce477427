using System.Globalization;
using Chronik.Campaigns.Simulation.Disk;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.Simulation;

/// <summary>
/// One seed: a log store on a simulated disk through a random life of appends, trims, new and deleted topics, failing disks,
/// kills and power cuts, in one thread. A model beside it knows what must be there.
/// </summary>
internal sealed partial class SimulationRun
{
    private const int StartsMax = 30;
    private readonly int _seed;
    private readonly Random _random;
    private readonly SimulatedDisk _disk;
    private readonly SortedDictionary<string, SimulatedTopic> _topics = new(StringComparer.Ordinal);
    private readonly List<SimulatedTopic> _deleted = [];
    private readonly HashSet<TopicId> _gone = [];
    private readonly bool _tears;
    private bool _isFinishing;
    private StoreProcess _process;
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public SimulationRun(int seed, DiskLie lie = DiskLie.None, bool keepTrace = false)
    {
        _seed = seed;
        _random = new Random(seed);
        Trace = new DiskTrace(keepTrace);
        _disk = new SimulatedDisk(Trace, new Random(seed ^ 0x5eed)) { Faults = { Lie = lie } };
        _tears = seed % 4 == 0;
        _process = NewProcess();
    }

    public DiskTrace Trace { get; }

    public SimulationFigures Figures { get; } = new();

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="SimulationFailure">A record was lost or wrong.</exception>
    public void Run()
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Start();
            for (var steps = _random.Next(60, 240); steps > 0; steps--)
            {
                Step();
                if (!_process.IsAlive)
                    Restart();
                Check();
            }

            Finish();
        }
        catch (Exception error) when (error is not SimulationFailure)
        {
            throw new SimulationFailure($"{error.GetType().Name}: {error.Message}", error);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
            Figures.Operations = _disk.Operations;
            Figures.Faults = _disk.Failed;
        }
    }

    private void Step()
    {
        Figures.Steps++;
        var dice = _random.Next(1000);
        if (dice < 480)
            Produce();
        else if (dice < 640)
            Note("run", () => _process.Scheduler.Run(_random.Next(1, 6)));
        else if (dice < 760)
            Note("run all", () => _process.Scheduler.RunAll());
        else if (dice < 800)
            Note("wait", () => Wait(_random.Next(3) == 0 ? _random.Next(10_000) : _random.Next(200)));
        else if (dice < 840)
            Note("settle", () => _disk.Settle());
        else if (dice < 865)
            Trim();
        else if (dice < 890)
            Configure();
        else if (dice < 905)
            CreateTopic();
        else if (dice < 917)
            DeleteTopic();
        else if (dice < 945)
            ChangeFaults();
        else if (dice < 960)
            Note("ends soon", () => _disk.EndsAt = _disk.Operations + _random.Next(1, 40));
        else
            End(dice);
    }

    private void End(int dice)
    {
        if (dice < 968)
        {
            Note("close", CloseInPeace);
        }
        else
        {
            Note("end", () => _disk.Kill());
        }

        if (_process.IsAlive)
            _process.End();
    }

    private void Note(string step, Action act)
    {
        Trace.Add("step", step);
        act();
    }

    private void Wait(int milliseconds)
    {
        _process.Time.Advance(milliseconds);
        _process.Scheduler.RunAll();
    }

    private void ChangeFaults()
    {
        var faults = _disk.Faults;
        Trace.Add("step", "faults");
        if (faults.AreSet && _random.Next(3) > 0)
        {
            faults.Clear();
            if (_random.Next(3) == 0)
                faults.LetSyncsWork();
            return;
        }

        _process.HadFaults = true;
        faults.AreSyncsRefused = _random.Next(3) == 0;
        switch (_random.Next(8))
        {
            case 7: EndSyncs(_random.Next(1, 10)); break;
            case 0: faults.Sync = _random.Next(1, 1000); break;
            case 1: faults.SyncFolder = _random.Next(1, 1000); break;
            case 2: faults.Write = _random.Next(1, 1000); break;
            case 3: faults.Names = _random.Next(1, 1000); break;
            case 4: faults.Read = _random.Next(1, 300); break;
            case 5: faults.IsFull = true; break;
            default: faults.IsReadOnly = true; break;
        }
    }

    // Whatever makes something durable, or only some of its kinds, fails from soon on, most often for the rest of this life.
    private void EndSyncs(int within)
    {
        Trace.Add("step", "syncs end");
        var faults = _disk.Faults;
        var isAll = _random.Next(2) == 0;
        faults.SyncsEndAt = _disk.Operations + within;
        faults.FileSyncsEnd = isAll || _random.Next(2) == 0;
        faults.FolderSyncsEnd = isAll || _random.Next(2) == 0;
        faults.WholeSyncsEnd = isAll || _random.Next(2) == 0;
    }

    /// <summary>The process ended: the machine may have ended with it. Then it starts again, as often as it takes.</summary>
    private void Restart()
    {
        var mustCut = _disk.Faults.IsDown;
        _now = _process.Time.GetUtcNow() + TimeSpan.FromMilliseconds(_random.Next(2000));
        _process.End();
        if (mustCut || _random.Next(3) > 0)
            CutPower();
        else
            KillNow();
        Start();
    }

    private void CutPower()
    {
        Figures.PowerCuts++;
        _disk.CutPower(new RandomCrash(_random, _tears));
    }

    private void KillNow()
    {
        Figures.Kills++;
        _disk.Kill();
    }

    private void Finish()
    {
        Trace.Add("step", "finish");
        _isFinishing = true;
        _disk.Faults.Clear();
        _disk.Faults.LetSyncsWork();
        _disk.EndsAt = 0;
        if (!_process.IsAlive || _disk.Faults.IsDown)
        {
            _disk.Kill();
            Restart();
        }

        // The disk is well again: whatever was offline is back within a few seconds, and takes records.
        Wait(20_000);
        foreach (var topic in _topics.Values.Where(static topic => topic.IsCreated))
            ProveAlive(topic);
        CloseInPeace();
        _process.End();
        _disk.EndsAt = 0;
        _now = _process.Time.GetUtcNow();
        if (_random.Next(2) == 0)
            CutPower();
        else
            KillNow();
        Start();

        // Whatever happened before, after a start on a disk that is well everything takes records.
        foreach (var topic in _topics.Values)
            ProveAlive(topic);
        Check();
    }

    private void ProveAlive(SimulatedTopic topic)
    {
        foreach (var partition in topic.Partitions)
        {
            if (!TryGet(partition, out var log))
                continue;
            Append(partition, log, [Batch.Plain(_random, _process.NowMs)], mustSucceed: !_process.HadFaults);
            _process.Scheduler.RunAll();
            if (!_process.HadFaults && log.HighWatermark != log.LogEndOffset)
                throw LogCheck.Wrong(partition, $"does not become durable any more: {log.HighWatermark} of {log.LogEndOffset}");
            CheckReads(partition, log);
        }
    }

    private void CloseInPeace()
    {
        var mustBeWhole = !_process.HadFaults && _disk.EndsAt == 0;
        _process.Close();
        if (!mustBeWhole)
            return;
        foreach (var partition in _topics.Values.Where(static topic => topic.IsCreated).SelectMany(static topic => topic.Partitions))
            partition.PromiseAll();
    }

    private StoreProcess NewProcess() => new(_disk, _random, _now, log =>
    {
        // With flush=os that happens inside of an append, before anyone knows what it came to.
        if (!_isAppending && Find(log.TopicPartition) is { } partition && partition.TopicId == log.TopicId)
            LogCheck.Watermark(log, partition);
    });

    private bool TryGet(PartitionModel partition, out IPartitionLog log)
    {
        log = null!;
        if (_process.Store?.TryGet(partition.TopicPartition, out var found) != true)
            return false;
        log = found!;
        if (log.TopicId != partition.TopicId)
            return false;
        if (_process.HadFaults && log.LogEndOffset < partition.EndOffset && log.LogEndOffset >= partition.Durable)
        {
            Trace.Add("cut", partition.TopicPartition.ToString(), log.LogEndOffset);
            partition.CutTo(log.LogEndOffset);
        }

        return true;
    }

    private PartitionModel? Find(TopicPartition partition) =>
        _topics.TryGetValue(partition.Topic, out var topic) && partition.Partition < topic.Partitions.Length ? topic.Partitions[partition.Partition] : null;

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
