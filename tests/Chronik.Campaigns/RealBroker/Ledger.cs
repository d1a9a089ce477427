namespace Chronik.Campaigns.RealBroker;

/// <summary>
/// All that was asked of a broker and what it acknowledged, kept by this process, outside of whatever is killed or cut.
/// What was sent is noted before, what was answered after: so whatever the ledger calls acknowledged at a moment was.
/// </summary>
internal sealed class Ledger(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<TopicStory> _topics = [];
    private int _lastTopic;
    private long _acknowledged;
    private long _lastAcknowledgedAt;
    private TaskCompletionSource? _next;

    /// <summary>A clock that only goes forward.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>Records that were acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public long LastAcknowledgedAt => Interlocked.Read(ref _lastAcknowledgedAt);

    /// <summary>Completes at the next acknowledgement; for one caller at a time.</summary>
    public Task NextAcknowledgementAsync()
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _next, next);
        return next.Task;
    }

    public TimeSpan Between(long from, long to) => time.GetElapsedTime(from, to);

    public IReadOnlyList<TopicStory> Topics
    {
        get
        {
            lock (_lock)
                return [.. _topics];
        }
    }

    public TopicStory AddTopic(string name, int partitions)
    {
        lock (_lock)
        {
            var topic = new TopicStory(name, ++_lastTopic, partitions);
            _topics.Add(topic);
            return topic;
        }
    }

    public void Acknowledge(WriterStory writer, int sequence, long offset)
    {
        var now = Now;
        writer.Acknowledged(sequence, now, offset);
        Interlocked.Increment(ref _acknowledged);
        Interlocked.Exchange(ref _lastAcknowledgedAt, now);
        Interlocked.Exchange(ref _next, null)?.TrySetResult();
    }

    /// <summary>Forgets topics that were gone at a moment: whoever sees them again sees something unknown, which is wrong.</summary>
    public void ForgetDeleted(long before)
    {
        lock (_lock)
            _topics.RemoveAll(topic => topic.Deleted.AnsweredAt < before);
    }
}
