using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.Simulation;

/// <content>Topics that come, change and go; trims; and what is looked at between the steps.</content>
internal sealed partial class SimulationRun
{
    private const int TopicsMax = 3;
    private static readonly string[] s_names = ["a", "b-1", "c.d"];

    // The broker makes one change to its topics at a time: no topic is made while one of its name is still being deleted.
    private readonly HashSet<string> _leaving = [];
    private Exception? _wrong;

    private void CreateTopic()
    {
        var name = Pick(s_names);
        if (_topics.ContainsKey(name) || _leaving.Contains(name) || _topics.Count == TopicsMax)
            return;
        var id = TopicId.Create(Random);
        Trace.Add("step", $"create {name} {id}");
        var config = NewConfig();
        var partitions = Enumerable.Range(0, Random.Next(1, 4)).Select(i => new PartitionModel(new TopicPartition(name, i), id)).ToArray();
        foreach (var partition in partitions)
        {
            partition.Configure(config.RetentionMs, config.RetentionBytes);
            partition.WasOsOnly = config.FlushOs;
        }

        var topic = _topics[name] = new SimulatedTopic(name, id, partitions, config) { IsBusy = true };
        var process = _process;
        Begin(process, async () =>
        {
            try
            {
                await Task.WhenAll(partitions.Select(partition => process.Store!.CreateAsync(partition.TopicPartition, id, config).AsTask()));
            }
            catch (IOException) when (process.HadFaults)
            {
                if (process.IsAlive)
                    await TakeBackAsync(process, topic);
                return;
            }

            if (process.IsAlive)
                (topic.IsCreated, topic.IsBusy) = (true, false);
        });
    }

    private void DeleteTopic()
    {
        var topics = _topics.Values.Where(static topic => topic is { IsCreated: true, IsBusy: false }).ToArray();
        if (topics.Length < 2)
            return;
        var topic = Pick(topics);
        Trace.Add("step", $"delete {topic.Name} {topic.Id}");
        var process = _process;
        Begin(process, () => TakeBackAsync(process, topic));
    }

    private async Task TakeBackAsync(StoreProcess process, SimulatedTopic topic)
    {
        _topics.Remove(topic.Name);
        _deleted.Add(topic);
        _leaving.Add(topic.Name);
        var isAllGone = true;
        foreach (var partition in topic.Partitions)
        {
            try
            {
                await process.Store!.DeleteAsync(partition.TopicPartition);
            }
            catch (IOException) when (process.HadFaults || !process.IsAlive)
            {
                isAllGone = false;
            }
        }

        if (!process.IsAlive)
            return;
        _leaving.Remove(topic.Name);
        if (!isAllGone)
            return;
        _deleted.Remove(topic);
        _gone.Add(topic.Id);
    }

    private void Trim()
    {
        var topics = _topics.Values.Where(static topic => topic is { IsCreated: true, IsBusy: false }).ToArray();
        if (topics.Length == 0)
            return;
        var partition = Pick(Pick(topics).Partitions);
        if (!TryGet(partition, out var log))
            return;
        var offset = Random.NextInt64(log.LogStartOffset, log.LogEndOffset + 1);
        Trace.Add("step", $"trim {partition.TopicPartition} {Text(offset)}");
        partition.TrimAsked = Math.Max(partition.TrimAsked, offset);
        var process = _process;
        Begin(process, async () =>
        {
            try
            {
                var start = await log.TrimAsync(offset);
                if (process.IsAlive)
                    partition.PromiseTrim(Math.Min(start, offset));
            }
            catch (IOException) when (process.HadFaults || !process.IsAlive)
            {
                // Nothing was promised.
            }
        });
    }

    private void Configure()
    {
        var topics = _topics.Values.Where(static topic => topic is { IsCreated: true, IsBusy: false }).ToArray();
        if (topics.Length == 0)
            return;
        var topic = Pick(topics);
        Trace.Add("step", $"configure {topic.Name}");
        topic.Config = NewConfig();
        foreach (var partition in topic.Partitions)
        {
            partition.Configure(topic.Config.RetentionMs, topic.Config.RetentionBytes);
            if (topic.Config.FlushOs)
                partition.TakeOsOnly();
            if (TryGet(partition, out var log))
                log.Config = topic.Config;
        }
    }

    private LogConfig NewConfig() => new()
    {
        SegmentBytesMax = Random.Next(3) == 0 ? 1 << 20 : Random.Next(300, 20_000),
        SegmentMs = Random.Next(6) == 0 ? Random.Next(500, 20_000) : 1L << 40,
        SegmentIndexBytesMax = Random.Next(6) == 0 ? Random.Next(12, 100) : 1 << 20,
        IndexIntervalBytes = Random.Next(50, 5000),
        RetentionMs = Random.Next(5) == 0 ? Random.Next(1000, 60_000) : -1,
        RetentionBytes = Random.Next(6) == 0 ? Random.Next(1000, 60_000) : -1,
        FlushOs = Random.Next(8) == 0,
    };

    private void Begin(StoreProcess process, Func<Task> work) =>
        _ = process.Scheduler.Start(async () =>
        {
            await work();
            return true;
        }).ContinueWith(
            task => _wrong ??= process.IsAlive && !process.IsClosing ? task.Exception?.InnerException : null,
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    protected override void Check()
    {
        if (_wrong is { } wrong)
            throw wrong as SimulationFailure ?? new SimulationFailure($"{wrong.GetType().Name}: {wrong.Message}", wrong);
        var topics = _topics.Values.Where(static topic => topic is { IsCreated: true, IsBusy: false }).ToArray();
        if (topics.Length == 0)
            return;
        var partition = Pick(Pick(topics).Partitions);
        if (!TryGet(partition, out var log))
            return;
        CheckReads(partition, log);
    }

    private void CheckReads(PartitionModel partition, IPartitionLog log)
    {
        try
        {
            LogCheck.Running(log, partition, Random);
            if (partition.Batches.Count > 0 && !_process.HadFaults && Random.Next(4) == 0)
                LogCheck.Times(log, partition, Pick(partition.Batches).Records[0].Timestamp + Random.Next(-1, 2));
        }
        catch (IOException) when (_process.HadFaults || !_process.IsAlive)
        {
            // The disk could not be read: an error is what a reader gets.
        }
    }
}
