using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Storage.Log;

namespace Chronik.Broker.Fetching;

/// <summary>Makes the response of what was read: all of it, or in a session only what the client does not know yet.</summary>
internal static class FetchAnswer
{
    /// <summary>Every partition, as asked.</summary>
    public static FetchResponse Full(ReadOnlySpan<FetchedPartition> fetched, bool committedOnly, int sessionId)
    {
        var response = new FetchResponse { SessionId = sessionId };
        foreach (ref readonly FetchedPartition partition in fetched)
        {
            Tell(partition);
            Add(response, partition, committedOnly);
        }

        return response;
    }

    /// <summary>The partitions of a session that have records, an error, or other offsets than the client was told.</summary>
    public static FetchResponse Incremental(FetchSession session, ReadOnlySpan<FetchedPartition> fetched, bool committedOnly)
    {
        var response = new FetchResponse { SessionId = session.Id };
        lock (session)
        {
            foreach (ref readonly FetchedPartition partition in fetched)
            {
                if (Tell(partition))
                {
                    Add(response, partition, committedOnly);
                }

                if (partition.Read.Records.Length > 0)
                {
                    session.MoveToEnd(partition.Target);
                }
            }
        }

        return response;
    }

    // Remembers what the client is told; false where there is nothing new.
    private static bool Tell(in FetchedPartition partition)
    {
        FetchTarget target = partition.Target;
        bool isNew = partition.Error != ErrorCode.None
            || partition.Diverging is not null
            || partition.Read.Records.Length > 0
            || partition.Read.HighWatermark != target.ToldHighWatermark
            || partition.Read.LogStartOffset != target.ToldLogStartOffset;
        target.ToldHighWatermark = partition.Read.HighWatermark;
        target.ToldLogStartOffset = partition.Read.LogStartOffset;
        return isNew;
    }

    private static void Add(FetchResponse response, in FetchedPartition partition, bool committedOnly)
    {
        FetchKey key = partition.Target.Key;
        FetchResponse.FetchableTopicResponse? topic = response.Responses.Count > 0 ? response.Responses[^1] : null;
        if (topic is null || topic.TopicId != key.TopicId || !string.Equals(topic.Topic, key.Topic, StringComparison.Ordinal))
        {
            topic = new FetchResponse.FetchableTopicResponse { Topic = key.Topic, TopicId = key.TopicId };
            response.Responses.Add(topic);
        }

        var answer = new FetchResponse.PartitionData
        {
            PartitionIndex = key.Partition,
            ErrorCode = partition.Error,
            HighWatermark = partition.Read.HighWatermark,
            LastStableOffset = partition.Read.LastStableOffset,
            LogStartOffset = partition.Read.LogStartOffset,
            AbortedTransactions = committedOnly || partition.Log is null ? Aborted(partition.Read.Aborted) : null,
            Records = partition.Read.Records,
        };
        if (partition.Diverging is { } diverging)
        {
            answer.DivergingEpoch = new() { Epoch = diverging.LeaderEpoch, EndOffset = diverging.EndOffset };
        }

        topic.Partitions.Add(answer);
    }

    private static List<FetchResponse.AbortedTransaction> Aborted(IReadOnlyList<AbortedTransaction> aborted) =>
        [.. aborted.Select(transaction => new FetchResponse.AbortedTransaction { ProducerId = transaction.ProducerId, FirstOffset = transaction.FirstOffset })];
}
