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

    /// <summary>The news of a session's partitions.</summary>
    public static FetchResponse Incremental(FetchSession session, ReadOnlySpan<FetchedPartition> news, bool committedOnly)
    {
        var response = new FetchResponse { SessionId = session.Id };
        lock (session)
        {
            bool hasRecords = false;
            foreach (ref readonly FetchedPartition partition in news)
            {
                Tell(partition);
                Add(response, partition, committedOnly);
                hasRecords |= partition.Target.HasRecords = partition.Read.Records.Length > 0;
            }

            if (hasRecords)
            {
                session.MoveThoseWithRecordsToEnd();
            }
        }

        return response;
    }

    // Remembers what the client is told.
    private static void Tell(in FetchedPartition partition)
    {
        partition.Target.ToldHighWatermark = partition.Read.HighWatermark;
        partition.Target.ToldLogStartOffset = partition.Read.LogStartOffset;
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
