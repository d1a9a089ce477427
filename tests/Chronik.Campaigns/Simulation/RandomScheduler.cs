namespace Chronik.Campaigns.Simulation;

/// <summary>Runs a process's tasks on the caller's thread, one at a time, in an order that the seed decides.</summary>
internal sealed class RandomScheduler(Random random, int concurrency = int.MaxValue) : TaskScheduler
{
    private const int StepsMax = 1_000_000;
    private readonly List<Task> _tasks = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>How many tasks those who ask are told that run at once; one: they do the same on every machine.</summary>
    public override int MaximumConcurrencyLevel => concurrency;

    /// <summary>Some work went on outside of it, in another thread: then the same seed need not do the same.</summary>
    public bool WasLeft { get; private set; }

    /// <summary>The process is gone: what it had to do is never done.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Whoever asks is the only one who does something.</summary>
    public bool IsIdle => _tasks.Count == 0;

    public void Stop()
    {
        IsStopped = true;
        _tasks.Clear();
    }

    /// <summary>Runs some tasks; false where there was none.</summary>
    public bool Run(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_tasks.Count == 0)
                return i > 0;
            var at = random.Next(_tasks.Count);
            var task = _tasks[at];
            _tasks.RemoveAt(at);
            TryExecuteTask(task);
        }

        return true;
    }

    /// <summary>Runs until nothing is left to do.</summary>
    public void RunAll()
    {
        for (var steps = 0; Run(1); steps++)
        {
            if (steps == StepsMax)
                throw new SimulationFailure("The tasks queue new ones for ever.");
        }
    }

    /// <summary>Starts work; what it throws is in the task.</summary>
    public Task<T> Start<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        WasLeft |= Environment.CurrentManagedThreadId != _thread;
        if (!IsStopped)
            _tasks.Add(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
