namespace Chronik.Campaigns.Corruption;

/// <summary>Runs a case's tasks on the case's own thread, so that a seed gives the same run each time.</summary>
internal sealed class CaseScheduler : TaskScheduler
{
    private readonly Queue<Task> _tasks = new();

    /// <summary>Runs what is queued, and what that queues.</summary>
    public void RunAll()
    {
        while (_tasks.TryDequeue(out var task))
            TryExecuteTask(task);
    }

    /// <summary>Runs work to its end.</summary>
    public T Run<T>(Func<Task<T>> work)
    {
        var task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();
        RunAll();
        return task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("It waits for something that never comes.");
    }

    protected override void QueueTask(Task task) => _tasks.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
