using System.Collections.Concurrent;

namespace Chronik.Catalog.Tests;

/// <summary>A scheduler that runs nothing until it is told to.</summary>
internal sealed class StepScheduler : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _tasks = new();

    internal void RunAll()
    {
        while (_tasks.TryDequeue(out var task))
            TryExecuteTask(task);
    }

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;

    protected override void QueueTask(Task task) => _tasks.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
}
