namespace Chronik.Campaigns.RealBroker;

/// <summary>The offsets that were committed for a topic's partitions: always the same for all of them, each higher than the last.</summary>
internal sealed class CommitStory
{
    private readonly Lock _lock = new();
    private readonly List<(long SentAt, long AnsweredAt)> _commits = [];

    /// <summary>Notes the next commit; returns its offset.</summary>
    public int Sending(long now)
    {
        lock (_lock)
        {
            _commits.Add((now, long.MaxValue));
            return _commits.Count;
        }
    }

    public void Answered(int offset, long now)
    {
        lock (_lock)
            _commits[offset - 1] = (_commits[offset - 1].SentAt, now);
    }

    /// <summary>The highest offset that was answered before one moment, and the highest that was sent before another; 0 for none.</summary>
    public (int Answered, int Sent) Between(long answeredBefore, long sentBefore)
    {
        lock (_lock)
        {
            return (
                _commits.FindLastIndex(commit => commit.AnsweredAt < answeredBefore) + 1,
                _commits.FindLastIndex(commit => commit.SentAt <= sentBefore) + 1);
        }
    }
}
