using System.Collections.Concurrent;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

public sealed class PartitionOrderTests
{
    [Fact]
    public async Task Logs_may_come_and_go_while_they_are_put_in_order()
    {
        const int Partitions = 64;
        const int Looks = 20_000;
        var logs = new ConcurrentDictionary<TopicPartition, PartitionLog>();
        using var enough = new CancellationTokenSource();
        var changing = Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; !enough.IsCancellationRequested; i++)
                {
                    var partition = new TopicPartition("t", i % Partitions);
                    if (!logs.TryRemove(partition, out _))
                        logs[partition] = null!;
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var i = 0; i < Looks; i++)
            Assert.InRange(logs.InOrder().ToList().Count, 0, Partitions);
        await enough.CancelAsync();
        await changing;
    }
}
