using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Fetching;

/// <summary>
/// All fetch sessions, bounded in number (KIP-227) and in their partitions. A full cache makes room for a new session where one
/// was idle for a while, or is old and smaller than the new one; else the client fetches without a session.
/// </summary>
internal sealed class FetchSessionCache(BrokerOptions options, TimeProvider time, Random random)
{
    private const short FirstVersionWithTopicIds = 13;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, FetchSession> _sessions = [];

    /// <summary>Sessions now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Decides what a request reads, and takes its changes over into its session.</summary>
    public FetchPlan Plan(short version, FetchRequest request)
    {
        if (request.SessionEpoch is FetchEpoch.Initial or FetchEpoch.Final)
        {
            if (request.SessionId != 0)
            {
                Forget(request.SessionId);
            }

            return new FetchPlan(ErrorCode.None, TargetsOf(request), null, request.SessionEpoch == FetchEpoch.Initial);
        }

        FetchSession? session;
        lock (_lock)
        {
            _sessions.TryGetValue(request.SessionId, out session);
        }

        return session is null ? FetchPlan.Refused(ErrorCode.FetchSessionIdNotFound) : GoOn(session, version, request);
    }

    /// <summary>Remembers what was fetched. Returns null where there is no room.</summary>
    public FetchSession? TryBegin(short version, FetchTarget[] targets)
    {
        lock (_lock)
        {
            long now = NowMs;
            if (targets.Length == 0 || targets.Length > options.FetchSessionPartitionsMax)
            {
                return null;
            }

            while (_sessions.Count >= options.FetchSessionsMax || PartitionsLocked() + targets.Length > options.FetchSessionPartitionsMax)
            {
                if (!TryEvict(targets.Length, now))
                {
                    return null;
                }
            }

            var session = new FetchSession(NewId(), version >= FirstVersionWithTopicIds, now, targets);
            _sessions.Add(session.Id, session);
            return session;
        }
    }

    private FetchPlan GoOn(FetchSession session, short version, FetchRequest request)
    {
        lock (session)
        {
            if (session.UsesTopicIds != version >= FirstVersionWithTopicIds)
            {
                return FetchPlan.Refused(ErrorCode.FetchSessionTopicIdError);
            }

            if (session.Epoch != request.SessionEpoch)
            {
                return FetchPlan.Refused(ErrorCode.InvalidFetchSessionEpoch);
            }

            int before = session.Count;
            session.Update(request);
            session.LastUsedMs = NowMs;
            if (session.Count > 0 && (session.Count <= before || HasRoom()))
            {
                return new FetchPlan(ErrorCode.None, session.Targets, session, false);
            }
        }

        // Everything was forgotten, or there is no room for what was added: so is the session, and the answer's id 0 says so.
        Forget(session.Id);
        return new FetchPlan(ErrorCode.None, session.Targets, null, false);
    }

    private bool HasRoom()
    {
        lock (_lock)
        {
            return PartitionsLocked() <= options.FetchSessionPartitionsMax;
        }
    }

    private long PartitionsLocked()
    {
        long sum = 0;
        foreach (FetchSession session in _sessions.Values)
        {
            sum += session.Count;
        }

        return sum;
    }

    private void Forget(int id)
    {
        lock (_lock)
        {
            _sessions.Remove(id);
        }
    }

    private bool TryEvict(int newCount, long now)
    {
        FetchSession? stalest = _sessions.Values.MinBy(session => session.LastUsedMs);
        if (stalest is not null && now - stalest.LastUsedMs > options.FetchSessionEvictionMs)
        {
            return _sessions.Remove(stalest.Id);
        }

        FetchSession? smallest = _sessions.Values
            .Where(session => now - session.CreatedMs > options.FetchSessionEvictionMs)
            .MinBy(session => session.Count);
        return smallest is not null && smallest.Count < newCount && _sessions.Remove(smallest.Id);
    }

    // Hard to guess, so that one client does not end another's session by a mistake.
    private int NewId()
    {
        while (true)
        {
            int id;
            // The broker's parts share it, and it is not safe for several threads.
            lock (random)
            {
                id = random.Next(1, int.MaxValue);
            }

            if (!_sessions.ContainsKey(id))
            {
                return id;
            }
        }
    }

    private static FetchTarget[] TargetsOf(FetchRequest request)
    {
        var targets = new List<FetchTarget>();
        foreach (FetchRequest.FetchTopic topic in request.Topics)
        {
            foreach (FetchRequest.FetchPartition partition in topic.Partitions)
            {
                var target = new FetchTarget(new FetchKey(topic.Topic, topic.TopicId, partition.Partition));
                target.Update(partition);
                targets.Add(target);
            }
        }

        return [.. targets];
    }
}
