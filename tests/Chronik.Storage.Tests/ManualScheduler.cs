using System.Diagnostics;

namespace Chronik.Storage.Tests;

/// <summary>Runs tasks on the test's own thread, when the test says so: what runs when is the same each time.</summary>
internal sealed class ManualScheduler : TaskScheduler
{
    private const int StepsMax = 10_000_000;
    private readonly Queue<Task> _tasks = new();

    /// <summary>Runs what is queued, and what that queues.</summary>
    public void RunAll()
    {
        for (var steps = 0; _tasks.TryDequeue(out var task); steps++)
        {
            Debug.Assert(steps < StepsMax, "The tasks queue new ones for ever.");
            TryExecuteTask(task);
        }
    }

    /// <summary>Runs only so many tasks; false if there were not so many.</summary>
    public bool RunSome(int count)
    {
        for (; count > 0; count--)
        {
            if (!_tasks.TryDequeue(out var task))
                return false;
            TryExecuteTask(task);
        }

        return _tasks.Count > 0;
    }

    /// <summary>Runs work on this scheduler to its end.</summary>
    public T Run<T>(Func<Task<T>> work)
    {
        var task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();
        RunAll();
        Assert.True(task.IsCompleted, "The work waits for something that does not come.");
        return task.GetAwaiter().GetResult();
    }

    public void Run(Func<Task> work) => Run(async () =>
    {
        await work();
        return true;
    });

    protected override void QueueTask(Task task) => _tasks.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
