using Chronik.Broker.Dispatch;
using Chronik.Broker.Fetching;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Data;

/// <summary>
/// Fetch: v3 bounds the whole answer (KIP-74), v4 knows transactions (KIP-98), v7 sessions (KIP-227), v9 and v12 leader
/// epochs (KIP-320, KIP-595), v13 topic ids (KIP-516). v0 and v1 get message sets of magic 0, v2 and v3 of magic 1.
/// </summary>
internal sealed class FetchHandler(TopicRegistry topics, FetchSessionCache sessions, FetchWaiters waiters, BrokerOptions options)
    : IRequestHandler<FetchRequest, FetchResponse>
{
    private const sbyte ReadCommitted = 1;
    private const short FirstVersionWithBytesMax = 3;
    private const short FirstVersionWithTopicIds = 13;

    /// <inheritdoc/>
    public ValueTask<FetchResponse?> HandleAsync(RequestContext context, FetchRequest request)
    {
        if (request.IsolationLevel is < 0 or > ReadCommitted)
        {
            return new(new FetchResponse { ErrorCode = ErrorCode.UnknownServerError });
        }

        if (request.ReplicaId >= 0 || request.ReplicaState is { ReplicaId: >= 0 })
        {
            // Nobody replicates from this broker.
            return new(new FetchResponse { ErrorCode = ErrorCode.NotLeaderOrFollower });
        }

        FetchPlan plan = sessions.Plan(context.ApiVersion, request);
        if (plan.Error != ErrorCode.None)
        {
            return new(new FetchResponse { ErrorCode = plan.Error });
        }

        int bytesMax = Math.Max(0, Math.Min(request.MaxBytes, options.FetchBytesMax));
        var limits = new FetchLimits(
            Math.Min(request.MinBytes, bytesMax),
            bytesMax,
            request.IsolationLevel == ReadCommitted,
            context.ApiVersion < FirstVersionWithBytesMax,
            OlderFormats.MagicOf(context.ApiVersion),
            context.ApiVersion >= FirstVersionWithTopicIds);
        var attempt = new FetchAttempt(topics, limits, plan.Targets, newsOnly: plan.Session is not null);
        long advances = waiters.Advances;
        attempt.Read();
        if (!attempt.IsSatisfied && request.MaxWaitMs > 0)
        {
            return AnswerLaterAsync(context, plan, limits, attempt, advances, TimeSpan.FromMilliseconds(request.MaxWaitMs));
        }

        using (attempt)
        {
            return new(Answer(context, plan, limits, attempt));
        }
    }

    private async ValueTask<FetchResponse?> AnswerLaterAsync(
        RequestContext context, FetchPlan plan, FetchLimits limits, FetchAttempt attempt, long advances, TimeSpan atMost)
    {
        // Disposed in the other order: the wait looks at the attempt's logs.
        using FetchAttempt attemptUntilAnswered = attempt;
        using FetchWait wait = waiters.Park(attempt.Logs, atMost, context.ConnectionClosed);
        bool woken = waiters.Advances != advances;
        while (true)
        {
            Task signal = wait.NextSignal();
            if (woken)
            {
                attempt.Read();
            }

            if (attempt.IsSatisfied || wait.IsOver)
            {
                return Answer(context, plan, limits, attempt);
            }

            await signal;
            woken = true;
        }
    }

    private FetchResponse Answer(RequestContext context, FetchPlan plan, FetchLimits limits, FetchAttempt attempt) =>
        plan.Session is not null
            ? FetchAnswer.Incremental(plan.Session, attempt.Fetched, limits.CommittedOnly)
            : FetchAnswer.Full(attempt.Fetched, limits.CommittedOnly, plan.WantsSession ? Begin(context.ApiVersion, plan) : 0);

    private int Begin(short version, FetchPlan plan) => sessions.TryBegin(version, plan.Targets)?.Id ?? 0;
}
