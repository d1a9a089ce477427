using Chronik.Client;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Campaigns.RealBroker;

/// <summary>
/// Holds a broker that came back against the ledger: everything acknowledged before a moment is there, unchanged and in order,
/// and nothing is there that was not asked for before another.
/// </summary>
internal sealed class LedgerCheck
{
    private const short LastOffsetFetchOfOneGroup = 7;

    /// <summary>For brokers that are under load while they are checked: what was sent until now, whenever that is, may be there.</summary>
    public const long Whenever = long.MaxValue - 1;

    private static readonly TimeSpan s_readBound = TimeSpan.FromSeconds(30);

    private readonly Ledger _ledger;
    private readonly KafkaClient _client;
    private readonly long _acknowledgedBefore;
    private readonly long _sentBefore;
    private readonly List<string> _wrong = [];
    private int _topics;
    private long _records;
    private long _acknowledged;

    private LedgerCheck(Ledger ledger, KafkaClient client, long acknowledgedBefore, long sentBefore)
    {
        _ledger = ledger;
        _client = client;
        _acknowledgedBefore = acknowledgedBefore;
        _sentBefore = sentBefore;
    }

    /// <summary>Checks all topics, records and committed offsets.</summary>
    /// <param name="address">The broker.</param>
    /// <param name="ledger">What it was asked.</param>
    /// <param name="acknowledgedBefore">What was acknowledged before must be there.</param>
    /// <param name="sentBefore">What was sent after must not be there.</param>
    public static async Task<CheckResult> RunAsync(string address, Ledger ledger, long acknowledgedBefore, long sentBefore)
    {
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = address,
            ClientId = "check",
            RetryTimeout = TimeSpan.FromSeconds(5),
            RequestTimeout = TimeSpan.FromSeconds(15),
        });
        var check = new LedgerCheck(ledger, client, acknowledgedBefore, sentBefore);
        try
        {
            await check.RunAsync();
        }
        catch (Exception e) when (e is IOException or TimeoutException or KafkaException)
        {
            check._wrong.Add($"the check could not be made: {e.Message}");
        }

        return new CheckResult(check._wrong, check._topics, check._records, check._acknowledged);
    }

    private async Task RunAsync()
    {
        var found = (await _client.GetMetadataAsync(topics: null)).Topics.ToDictionary(topic => topic.Name);
        var stories = _ledger.Topics.ToLookup(story => story.Name);
        var present = new List<TopicStory>();
        foreach (var name in found.Keys.Union(stories.Select(group => group.Key)).Order(StringComparer.Ordinal))
        {
            if (Choose(name, found.GetValueOrDefault(name), stories[name]) is { } story)
                present.Add(story);
        }

        _topics = present.Count;
        foreach (var story in present)
            await CheckOffsetsAsync(story);
        await ReadAsync(present);
    }

    // Which of a name's lives it is that we see.
    private TopicStory? Choose(string name, TopicMetadata? found, IEnumerable<TopicStory> stories)
    {
        var lives = stories.ToList();
        var must = lives.Find(story => story.Created.AnsweredAt < _acknowledgedBefore && story.Deleted.AskedAt > _sentBefore);
        if (found is null)
        {
            if (must is not null)
                _wrong.Add($"{name}: the topic (life {must.Number}) was created and is gone");
            return null;
        }

        var may = must ?? lives.FindLast(story => story.Created.AskedAt <= _sentBefore && story.Deleted.AnsweredAt >= _acknowledgedBefore
            && (story.Id == TopicId.None || story.Id == found.Id || MayBeOtherAttempt(story)));
        if (may is null)
            _wrong.Add($"{name}: a topic {found.Id} is there that was deleted or never created");
        else if (may.Id != TopicId.None && may.Id != found.Id && !MayBeOtherAttempt(may))
            _wrong.Add($"{name}: it has the id {found.Id} but was created as {may.Id}");
        else if (found.Partitions.Count != may.Partitions)
            _wrong.Add($"{name}: it has {found.Partitions.Count} partitions but was created with {may.Partitions}");
        else
            return may;
        return null;
    }

    private bool MayBeOtherAttempt(TopicStory story) => story.HadOtherAttempts && story.Created.AnsweredAt >= _acknowledgedBefore;

    private async Task CheckOffsetsAsync(TopicStory story)
    {
        var (answered, _) = story.Commits.Between(_acknowledgedBefore, _sentBefore);
        if (story.Deleted.AskedAt <= _sentBefore)
            answered = 0;
        var request = new OffsetFetchRequest { GroupId = story.Group };
        request.Topics!.Add(new() { Name = story.Name, PartitionIndexes = [.. Enumerable.Range(0, story.Partitions)] });
        var response = await _client.SendToCoordinatorAsync(
            story.Group, request, answer => answer.ErrorCode, new SendOptions { HighestVersion = LastOffsetFetchOfOneGroup });
        KafkaException.ThrowIfError(response.ErrorCode, $"The offsets of {story.Group}");
        var (_, sent) = story.Commits.Between(_acknowledgedBefore, _sentBefore);
        foreach (var partition in response.Topics.SelectMany(topic => topic.Partitions))
        {
            if (Math.Max(partition.CommittedOffset, 0) < answered || partition.CommittedOffset > sent)
                _wrong.Add($"{story.Name}-{partition.PartitionIndex}: {story.Group} has offset {partition.CommittedOffset}, but {answered} was committed (and {sent} sent)");
        }
    }

    private async Task ReadAsync(List<TopicStory> present)
    {
        var checks = present.SelectMany(story => Enumerable.Range(0, story.Partitions).Select(partition => new PartitionCheck(story, partition)))
            .ToDictionary(check => check.TopicPartition);
        if (checks.Count == 0)
            return;
        var starts = await _client.ListOffsetsAsync(checks.Keys.ToDictionary(partition => partition, _ => StartAt.Beginning));
        var ends = await _client.ListOffsetsAsync(checks.Keys.ToDictionary(partition => partition, _ => StartAt.End));
        foreach (var (partition, start) in starts.Where(start => start.Value != 0))
            _wrong.Add($"{partition}: it begins at offset {start}, though nothing was deleted");
        await using var consumer = new Consumer(_client, new ConsumerOptions { FetchWaitMax = TimeSpan.FromMilliseconds(100) });
        await consumer.AssignAsync(starts.ToDictionary(pair => pair.Key, pair => StartAt.Offset(pair.Value)));
        var since = _ledger.Now;
        while (ends.Any(end => consumer.Positions[end.Key] < end.Value))
        {
            var records = await consumer.PollAsync(TimeSpan.FromMilliseconds(100));
            foreach (var record in records)
                checks[record.Partition].Take(record);
            if (records.Count > 0)
                since = _ledger.Now;
            else if (_ledger.Between(since, _ledger.Now) > s_readBound)
                throw new TimeoutException($"nothing more can be read of {string.Join(", ", ends.Where(end => consumer.Positions[end.Key] < end.Value))}");
        }

        foreach (var check in checks.Values)
        {
            check.Finish(_acknowledgedBefore, _sentBefore);
            _wrong.AddRange(check.Wrong);
            _records += check.Records;
            _acknowledged += check.Acknowledged;
        }
    }
}
