using Chronik.Protocol;
using Chronik.Storage;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.Simulation;

/// <content>Starting, as the broker does it: open the logs, end deletions, make what is missing.</content>
internal sealed partial class SimulationRun
{
    protected override void PrepareStart(int attempt)
    {
        Disk.Faults.LetSyncsWork();
        if (attempt > 3)
            Disk.Faults.Clear();
        if (IsFinishing || Random.Next(8) > 0)
            Disk.Faults.Clear();
        if (!IsFinishing && attempt <= 3 && Random.Next(12) == 0)
        {
            Disk.Faults.AreSyncsRefused = Random.Next(2) == 0;
            EndSyncs(Random.Next(1, 60));
        }

        if (!IsFinishing && Random.Next(6) == 0)
            Disk.EndsAt = Disk.Operations + Random.Next(1, 60);
    }

    protected override bool TryStart()
    {
        _process = NewProcess();
        _leaving.Clear();
        var mayFail = _process.HadFaults = Disk.Faults.AreSet;
        var error = _process.Open(ConfigOf);
        if (!_process.IsAlive)
            return false;
        if (error is not null)
            return mayFail && error is IOException or LogStoreException ? false : throw new SimulationFailure($"It does not start: {error.Message}", error);
        if (!Reconcile(mayFail))
            return false;

        // Only what was read without trouble says what is there.
        var armed = Disk.EndsAt;
        Disk.EndsAt = 0;
        var faults = Disk.Faults.Read;
        Disk.Faults.Read = 0;
        CheckAll(mayFail);
        Disk.Faults.Read = faults;
        Disk.EndsAt = armed > Disk.Operations ? armed : 0;
        return true;
    }

    private LogConfig ConfigOf(TopicPartition partition) =>
        _topics.TryGetValue(partition.Topic, out var topic) ? topic.Config : new LogConfig();

    private bool Reconcile(bool mayFail)
    {
        foreach (var topic in _deleted.ToArray())
        {
            foreach (var log in _process.Store!.Logs.Where(log => log.TopicId == topic.Id).OrderBy(static log => log.TopicPartition.Partition).ToArray())
            {
                if (!Await(() => _process.Store!.DeleteAsync(log.TopicPartition).AsTask(), mayFail))
                    return false;
            }

            if (_process.Store!.Unopened.Any(partition => partition.Topic == topic.Name))
                continue;
            _deleted.Remove(topic);
            _gone.Add(topic.Id);
        }

        foreach (var topic in _topics.Values)
        {
            foreach (var partition in topic.Partitions)
            {
                if (_process.Store!.TryGet(partition.TopicPartition, out var log) && log.TopicId != TopicId.None)
                {
                    log.Config = topic.Config;
                    continue;
                }

                if (log is null && partition.Durable > 0 && !mayFail)
                    throw LogCheck.Wrong(partition, $"is gone; {partition.Durable} was acknowledged");
                if (!Await(() => _process.Store!.CreateAsync(partition.TopicPartition, topic.Id, topic.Config).AsTask(), mayFail))
                    return false;
            }

            topic.IsCreated = true;
            topic.IsBusy = false;
        }

        return true;
    }

    // Work of the start, which nothing happens beside.
    private bool Await(Func<Task> work, bool mayFail)
    {
        var task = _process.Scheduler.Start(async () =>
        {
            await work();
            return true;
        });
        _process.Scheduler.RunAll();
        if (!_process.IsAlive)
            return false;
        if (!task.IsCompleted)
            throw new SimulationFailure("A part of the start never ends.");
        if (task.Exception?.InnerException is not { } error)
            return true;
        return mayFail && error is IOException ? false : throw new SimulationFailure($"A part of the start failed: {error.Message}", error);
    }

    private void CheckAll(bool mayFail)
    {
        foreach (var log in _process.Store!.Logs)
        {
            if (_gone.Contains(log.TopicId))
                throw new SimulationFailure($"{log.TopicPartition} of a deleted topic ({log.TopicId}) is back, with {log.LogEndOffset} records");
        }

        foreach (var partition in _topics.Values.SelectMany(static topic => topic.Partitions))
        {
            if (!_process.Store!.TryGet(partition.TopicPartition, out var log))
            {
                if (!mayFail)
                    throw LogCheck.Wrong(partition, "is not there after a start");
                continue;
            }

            partition.WasRefused |= Disk.HasRefused(partition.TopicPartition.ToString());
            LogCheck.AfterStart(log, partition);
            for (var i = 0; i < 3 && partition.Batches.Count > 0; i++)
                LogCheck.Times(log, partition, Pick(partition.Batches).Records[0].Timestamp + Random.Next(-1, 2));
            ProveDuplicates(partition, log);
        }
    }
}
