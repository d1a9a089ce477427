using Chronik.Client;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Campaigns.RealBroker;

/// <summary>What the load asks beside records; asked again until it is answered or stopped, as an administrator would.</summary>
internal sealed class TopicCalls(KafkaClient client, Ledger ledger, LoadShape shape)
{
    private const short LastCommitWithNames = 9;
    private const short LastDeleteWithNames = 5;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    public async Task CreateAsync(TopicStory story, CancellationToken stop)
    {
        var request = new CreateTopicsRequest();
        request.Topics.Add(new()
        {
            Name = story.Name,
            NumPartitions = story.Partitions,
            ReplicationFactor = 1,
            Configs = { new() { Name = "chronik.flush", Value = shape.Flush } },
        });
        story.Created.Ask(ledger.Now);
        var attempts = 0;
        var answer = await UntilAsync(
            story,
            async () =>
            {
                story.HadOtherAttempts = attempts++ > 0;
                return (await client.SendAsync(request, cancellation: stop)).Topics[0];
            },
            topic => topic.ErrorCode,
            ErrorCode.TopicAlreadyExists,
            stop);
        // Of the answer that was lost with the broker, the id is not known.
        story.Id = answer.ErrorCode == ErrorCode.None ? new TopicId(answer.TopicId) : TopicId.None;
        story.Created.Answer(ledger.Now);
        client.RefreshMetadata();
    }

    public async Task DeleteAsync(TopicStory story, CancellationToken stop)
    {
        var request = new DeleteTopicsRequest { TopicNames = [story.Name], TimeoutMs = 10_000 };
        story.Deleted.Ask(ledger.Now);
        await UntilAsync(
            story,
            async () => (await client.SendAsync(request, new SendOptions { HighestVersion = LastDeleteWithNames }, stop)).Responses[0],
            topic => topic.ErrorCode,
            ErrorCode.UnknownTopicOrPartition,
            stop);
        story.Deleted.Answer(ledger.Now);
    }

    /// <summary>Commits an offset once; that of whoever fails is not known to be there.</summary>
    public async Task CommitAsync(TopicStory story, CancellationToken stop)
    {
        var offset = story.Commits.Sending(ledger.Now);
        var request = new OffsetCommitRequest { GroupId = story.Group };
        request.Topics.Add(new()
        {
            Name = story.Name,
            Partitions = [.. Enumerable.Range(0, story.Partitions).Select(partition =>
                new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = partition, CommittedOffset = offset })],
        });
        var answer = await client.SendToCoordinatorAsync(
            story.Group, request, response => response.Topics[0].Partitions[0].ErrorCode, new SendOptions { HighestVersion = LastCommitWithNames }, stop);
        if (answer.Topics[0].Partitions.TrueForAll(partition => partition.ErrorCode == ErrorCode.None))
            story.Commits.Answered(offset, ledger.Now);
    }

    private static async Task<T> UntilAsync<T>(
        TopicStory story, Func<Task<T>> ask, Func<T, ErrorCode> errorOf, ErrorCode done, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var answer = await ask();
                var error = errorOf(answer);
                if (error == ErrorCode.None || error == done)
                    return answer;
                story.Trouble = $"{typeof(T).Name}: {error}";
            }
            catch (Exception e) when (e is IOException or TimeoutException or KafkaException)
            {
                // The broker is away, or cannot now.
                story.Trouble = $"{typeof(T).Name}: {e.Message}";
            }

            await Task.Delay(s_pause, stop);
        }
    }
}
