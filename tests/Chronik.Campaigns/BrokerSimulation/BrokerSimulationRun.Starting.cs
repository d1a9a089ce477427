using Chronik.Campaigns.Simulation;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Storage;

namespace Chronik.Campaigns.BrokerSimulation;

/// <content>Starts, ends, and what must be there after each start.</content>
internal sealed partial class BrokerSimulationRun
{
    private const int WholeBytes = 1 << 20;
    private bool _isChecking;

    protected override void PrepareStart(int attempt)
    {
        if (attempt > 3 || IsFinishing || Random.Next(8) > 0)
            Disk.Faults.Clear();
        if (!IsFinishing && Random.Next(6) == 0)
            Disk.EndsAt = Disk.Operations + Random.Next(1, 80);
    }

    protected override bool TryStart()
    {
        _process = NewProcess();
        var mayFail = _process.HadFaults = Disk.Faults.AreSet;
        var error = _process.Start();
        if (!_process.IsAlive)
            return false;
        if (error is not null)
        {
            return mayFail && error is IOException or LogStoreException or CatalogException
                ? false
                : throw new SimulationFailure($"It does not start: {error.GetType().Name}: {error.Message}", error);
        }

        // Only what was read without trouble says what is there.
        var armed = Disk.EndsAt;
        Disk.EndsAt = 0;
        var faults = Disk.Faults.Read;
        Disk.Faults.Read = 0;
        CheckAll();
        Disk.Faults.Read = faults;
        Disk.EndsAt = armed > Disk.Operations ? armed : 0;
        return _process.IsAlive;
    }

    protected override void Over()
    {
        base.Over();
        var now = ++_tick;
        _connections.Clear();
        foreach (var batch in _open)
            batch.EndAll(now);
        _open.Clear();
        foreach (var register in _offsets.Values)
            register.EndAll(now);
        foreach (var topic in _topics)
        {
            topic.IsBusy = false;
            topic.Forgettings.Clear();
            topic.Changes++;
        }

        foreach (var register in Live().SelectMany(static topic => topic.Configs.Values))
            register.EndAll(now);

        foreach (var member in _members)
            member.IsBusy = false;
        foreach (var producer in _producers)
            producer.Disconnect();
    }

    protected override void Finish()
    {
        // The disk is well again: whatever was offline is back within a few seconds, and all is served.
        _process.Advance(25_000);
        Check();
        ProveAlive();
        _process.Stop();
        Disk.EndsAt = 0;
        Restart();
        ProveAlive();
        Check();
    }

    // Whatever happened before, on a disk that is well everything takes records and every group gets members.
    private void ProveAlive()
    {
        var hadFaults = _process.HadFaults;
        _process.HadFaults = false;
        Await("write to every partition", ProveProducingAsync);
        for (var i = 0; i < s_groups.Length; i++)
            ProveGroup(s_groups[i], $"last{i}");
        _process.HadFaults = hadFaults;
    }

    private void CheckAll()
    {
        _isChecking = true;
        Await("tell what it has", async process =>
        {
            var connection = ConnectionOf(process, "checker")!;
            await CheckTopicsAsync(connection);
            foreach (var topic in Live())
                await CheckWholeAsync(process, connection, topic);
            foreach (var group in (string[])[.. s_groups, AloneGroup])
                await CheckOffsetsAsync(process, connection, group);
            foreach (var topic in Live())
                await CheckConfigsAsync(connection, topic);
        });
        _isChecking = false;
    }

    // What the broker must answer without any time going by.
    private void Await(string what, Func<BrokerProcess, Task> work)
    {
        var process = _process;
        var task = process.Scheduler.Start(async () =>
        {
            await work(process);
            return true;
        });
        process.Scheduler.RunAll();
        if (!process.IsAlive)
            return;
        if (!task.IsCompleted)
            throw new SimulationFailure($"It does not {what}.");
        if (task.Exception?.InnerException is { } error)
            throw error as SimulationFailure ?? new SimulationFailure($"It does not {what}: {error.Message}\n{error.StackTrace}", error);
    }

    private async Task CheckWholeAsync(BrokerProcess process, WireConnection connection, Incarnation topic)
    {
        for (var index = 0; index < topic.PartitionsMin; index++)
        {
            var partition = topic.Partition(index);
            var (error, start) = await StartOfAsync(connection, topic.Name, index);
            if (error == ErrorCode.KafkaStorageError && process.MayFail)
                continue;
            if (error != ErrorCode.None)
                throw partition.Wrong($"answers ListOffsets with {error}");
            var found = new List<(long, SentRecord)>();
            var offset = start;
            while (true)
            {
                var answer = await FetchAsync(connection, partition, offset, WholeBytes, 0);
                if (answer is null)
                    throw partition.Wrong("does not answer a Fetch");
                if (answer.ErrorCode == ErrorCode.KafkaStorageError && process.MayFail)
                    return;
                if (answer.ErrorCode != ErrorCode.None)
                    throw partition.Wrong($"answers {answer.ErrorCode} for offset {offset} of {start}..{answer.HighWatermark}; {partition.Promised} was promised");
                var next = TakeRecords(partition, answer, offset, found);

                // Compaction may leave nothing up to the end, where tombstones were the last.
                var isOver = next <= offset && topic.MayCompact;
                if (next <= offset && offset < answer.HighWatermark && !isOver)
                    throw partition.Wrong($"returns nothing at {offset}, but ends at {answer.HighWatermark}");
                offset = Math.Max(next, offset);
                if (offset < answer.HighWatermark && !isOver)
                    continue;
                partition.CheckWhole(found, start, answer.HighWatermark);
                break;
            }
        }
    }

    private static async Task<(ErrorCode Error, long Start)> StartOfAsync(WireConnection connection, string topic, int partition)
    {
        const long Earliest = -2;
        var answer = await connection.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(
            new ListOffsetsRequest
            {
                ReplicaId = -1,
                Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, Timestamp = Earliest }] }],
            },
            7, BoundMs);
        var found = answer?.Topics[0].Partitions[0] ?? throw new SimulationFailure($"{topic}-{partition}: ListOffsets is not answered");
        return (found.ErrorCode, found.Offset);
    }
}
