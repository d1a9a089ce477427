using System.Collections.Concurrent;
using Chronik.Protocol;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage;

/// <summary>What happens to logs beside the traffic: checkpoints, retention, expiry of producers.</summary>
internal sealed class StoreMaintenance(
    LogStoreOptions options, ConcurrentDictionary<TopicPartition, PartitionLog> logs, StoreCheckpoints checkpoints, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.WhenAll(
        Loop(options.CheckpointIntervalMs, CheckpointAsync),
        Loop(options.RetentionCheckIntervalMs, CleanAsync));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private Task Loop(long intervalMs, Func<Task> work) => Task.Factory.StartNew(
        () => RunAsync(TimeSpan.FromMilliseconds(intervalMs), work),
        CancellationToken.None, TaskCreationOptions.DenyChildAttach, options.Scheduler).Unwrap();

    private async Task RunAsync(TimeSpan interval, Func<Task> work)
    {
        using var timer = new PeriodicTimer(interval, options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                await TryAsync(options.DataDirectory, work);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private async Task CheckpointAsync()
    {
        foreach (var log in logs.Values)
            await TryAsync(log.TopicPartition.ToString(), async () => await log.CheckpointAsync());
        await checkpoints.SaveAsync();
    }

    private async Task CleanAsync()
    {
        foreach (var log in logs.Values)
        {
            await TryAsync(log.TopicPartition.ToString(), () =>
            {
                log.ApplyRetention();
                log.RemoveExpiredProducers();
                return Task.CompletedTask;
            });
        }

        await checkpoints.SaveLogStartsAsync();
    }

    private async Task TryAsync(string subject, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            logger.MaintenanceFailed(subject, error);
        }
    }
}
