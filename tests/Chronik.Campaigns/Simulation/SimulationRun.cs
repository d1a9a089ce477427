using Chronik.Campaigns.Seeds;
using Chronik.Campaigns.Simulation.Disk;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.Simulation;

/// <summary>
/// One seed: a log store on a simulated disk through a random life of appends, trims, new and deleted topics, failing disks,
/// kills and power cuts, in one thread. A model beside it knows what must be there.
/// </summary>
internal sealed partial class SimulationRun : SeedRun<SimulationFigures>
{
    private readonly int _seed;
    private readonly SortedDictionary<string, SimulatedTopic> _topics = new(StringComparer.Ordinal);
    private readonly List<SimulatedTopic> _deleted = [];
    private readonly HashSet<TopicId> _gone = [];
    private StoreProcess _process;

    public SimulationRun(int seed, DiskLie lie = DiskLie.None, bool keepTrace = false)
        : base(seed, lie, keepTrace)
    {
        _seed = seed;
        _process = NewProcess();
    }

    protected override ISimulatedProcess Life => _process;

    protected override int StepsEnd => 240;

    protected override void Step(int dice)
    {
        if (dice < 480)
            Produce();
        else if (dice < 640)
            Note("run", () => _process.Scheduler.Run(Random.Next(1, 6)));
        else if (dice < 760)
            Note("run all", () => _process.Scheduler.RunAll());
        else if (dice < 800)
            Note("wait", () => Wait(Random.Next(3) == 0 ? Random.Next(10_000) : Random.Next(200)));
        else if (dice < 840)
            Note("settle", () => Disk.Settle());
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
            Note("ends soon", () => Disk.EndsAt = Disk.Operations + Random.Next(1, 40));
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
            Note("end", () => Disk.Kill());
        }

        if (_process.IsAlive)
            _process.End();
    }

    private void Wait(int milliseconds)
    {
        _process.Time.Advance(milliseconds);
        _process.Scheduler.RunAll();
    }

    private void ChangeFaults()
    {
        var faults = Disk.Faults;
        Trace.Add("step", "faults");
        if (faults.AreSet && Random.Next(3) > 0)
        {
            faults.Clear();
            if (Random.Next(3) == 0)
                faults.LetSyncsWork();
            return;
        }

        _process.HadFaults = true;
        faults.AreSyncsRefused = Random.Next(3) == 0;
        switch (Random.Next(8))
        {
            case 7: EndSyncs(Random.Next(1, 10)); break;
            case 0: faults.Sync = Random.Next(1, 1000); break;
            case 1: faults.SyncFolder = Random.Next(1, 1000); break;
            case 2: faults.Write = Random.Next(1, 1000); break;
            case 3: faults.Names = Random.Next(1, 1000); break;
            case 4: faults.Read = Random.Next(1, 300); break;
            case 5: faults.IsFull = true; break;
            default: faults.IsReadOnly = true; break;
        }
    }

    // Whatever makes something durable, or only some of its kinds, fails from soon on, most often for the rest of this life.
    private void EndSyncs(int within)
    {
        Trace.Add("step", "syncs end");
        var faults = Disk.Faults;
        var isAll = Random.Next(2) == 0;
        faults.SyncsEndAt = Disk.Operations + within;
        faults.FileSyncsEnd = isAll || Random.Next(2) == 0;
        faults.FolderSyncsEnd = isAll || Random.Next(2) == 0;
        faults.WholeSyncsEnd = isAll || Random.Next(2) == 0;
    }

    protected override void Finish()
    {
        // The disk is well again: whatever was offline is back within a few seconds, and takes records.
        Wait(20_000);
        foreach (var topic in _topics.Values.Where(static topic => topic.IsCreated))
            ProveAlive(topic);
        CloseInPeace();
        RestartAtOnce();

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
            Append(partition, log, [Batch.Plain(Random, _process.NowMs)], mustSucceed: !_process.HadFaults);
            _process.Scheduler.RunAll();
            if (!_process.HadFaults && log.HighWatermark != log.LogEndOffset)
                throw LogCheck.Wrong(partition, $"does not become durable any more: {log.HighWatermark} of {log.LogEndOffset}");
            CheckReads(partition, log);
        }
    }

    private void CloseInPeace()
    {
        var mustBeWhole = !_process.HadFaults && Disk.EndsAt == 0;
        _process.Close();
        if (!mustBeWhole)
            return;
        foreach (var partition in _topics.Values.Where(static topic => topic.IsCreated).SelectMany(static topic => topic.Partitions))
            partition.PromiseAll();
    }

    private StoreProcess NewProcess() => new(Disk, Random, Now, log =>
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
}
