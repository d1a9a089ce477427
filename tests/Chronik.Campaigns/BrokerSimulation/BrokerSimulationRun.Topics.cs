using Chronik.Campaigns.Simulation;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Campaigns.BrokerSimulation;

/// <content>Topics that come, change and go under the same names.</content>
internal sealed partial class BrokerSimulationRun
{
    private const int PartitionsMax = 4;
    private const sbyte TopicKind = 2;
    private readonly TopicModel[] _topics = [new("a"), new("b-1"), new("c.d")];
    private readonly HashSet<TopicId> _gone = [];

    private IEnumerable<Incarnation> Live() => _topics.Select(static topic => topic.Live).OfType<Incarnation>();

    private void Administrate()
    {
        var topic = Pick(_topics);
        var dice = Random.Next(100);
        if (topic.IsBusy)
            return;
        if (topic.Live is null)
            CreateTopic(topic);
        else if (dice < 12)
            DeleteTopic(topic, topic.Live);
        else if (dice < 40)
            DeleteRecords(topic.Live);
        else if (dice < 55)
            AddPartitions(topic, topic.Live);
        else if (dice < 90)
            Configure(topic, topic.Live);
        else
            CreateTopic(topic);
    }

    private void CreateTopic(TopicModel topic)
    {
        var count = Random.Next(1, PartitionsMax);
        KeyValuePair<string, string>[] settings = [.. Enumerable.Range(0, Random.Next(3)).Select(_ => NewSetting()).DistinctBy(static each => each.Key)];
        Trace.Add("step", $"create {topic.Name}", count);
        topic.IsBusy = true;
        topic.Changes++;
        var creation = new CreationInDoubt(++_tick, count, settings);
        topic.Doubts.Add(creation);
        var forgetting = BeginForget(topic, creation.Started);
        Begin(async process =>
        {
            var request = new CreateTopicsRequest
            {
                TimeoutMs = 5_000,
                Topics =
                [
                    new()
                    {
                        Name = topic.Name, NumPartitions = count, ReplicationFactor = -1,
                        Configs = [.. settings.Select(static each => new CreateTopicsRequest.CreatableTopicConfig { Name = each.Key, Value = each.Value })],
                    },
                ],
            };
            Figures.Requests++;
            var connection = ConnectionOf(process, "admin");
            var answer = connection is null ? null : await connection.CallAsync<CreateTopicsRequest, CreateTopicsResponse>(request, 7, BoundMs);
            if (!process.IsAlive)
                return;
            topic.IsBusy = false;
            var result = answer?.Topics[0];
            switch (result?.ErrorCode)
            {
                case ErrorCode.None:
                    Figures.Topics++;
                    if (topic.Live is { IsLeaving: false })
                        throw new SimulationFailure($"{topic.Live} is created again, as {new TopicId(result.TopicId)}");
                    topic.Doubts.Remove(creation);
                    EndForget(topic, forgetting, isDone: true);
                    Adopt(topic, new TopicId(result.TopicId), creation.Started, count, settings);
                    break;
                case ErrorCode.TopicAlreadyExists:
                    topic.Doubts.Remove(creation);
                    EndForget(topic, forgetting, isDone: false);
                    if (topic.Live is null && topic.Doubts.Count == 0)
                        throw new SimulationFailure($"The topic {topic.Name} is said to exist, but nobody made it");
                    await FindTopicAsync(process, topic);
                    break;
                case null or ErrorCode.KafkaStorageError:
                    if (result is not null)
                        ExpectTrouble(process, "CreateTopics", result.ErrorCode);
                    break;
                default:
                    throw new SimulationFailure($"The creation of {topic.Name} is answered with {result.ErrorCode}: {result.ErrorMessage}");
            }
        });
    }

    private void Adopt(TopicModel topic, TopicId id, long started, int count, KeyValuePair<string, string>[]? settings)
    {
        if (!_gone.Add(id))
            throw new SimulationFailure($"The topic {topic.Name} has the id {id}, which a topic had before");
        topic.Changes++;
        var live = topic.Live = new Incarnation(topic.Name, id, started) { PartitionsMin = count, PartitionsMax = count };
        foreach (var (name, value) in settings ?? [.. topic.Doubts.SelectMany(static doubt => doubt.Settings)])
        {
            live.Allow(name, value);
            live.Configs[name] = settings is null ? new Register<string>("", isKnown: false) : new Register<string>(value);
        }
    }

    private void DeleteTopic(TopicModel topic, Incarnation live)
    {
        Trace.Add("step", $"delete {live}");
        topic.IsBusy = true;
        topic.Changes++;
        var wasLeaving = live.IsLeaving;
        live.IsLeaving = true;
        var forgetting = BeginForget(topic, ++_tick);
        var byId = Random.Next(2) == 0;
        Begin(async process =>
        {
            var request = byId
                ? new DeleteTopicsRequest { TimeoutMs = 5_000, Topics = [new() { TopicId = live.Id.Value }] }
                : new DeleteTopicsRequest { TimeoutMs = 5_000, TopicNames = [topic.Name] };
            Figures.Requests++;
            var connection = ConnectionOf(process, "admin");
            var answer = connection is null ? null : await connection.CallAsync<DeleteTopicsRequest, DeleteTopicsResponse>(request, (short)(byId ? 6 : 5), BoundMs);
            if (!process.IsAlive)
                return;
            topic.IsBusy = false;
            topic.Changes++;
            switch (answer?.Responses[0].ErrorCode)
            {
                case ErrorCode.None:
                    EndForget(topic, forgetting, isDone: true);
                    if (topic.Live == live)
                        topic.Live = null;
                    break;
                case ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition:
                    if (!wasLeaving)
                        throw new SimulationFailure($"{live} is said not to exist");
                    await FindTopicAsync(process, topic);
                    break;
                case null:
                    break;
                case ErrorCode.KafkaStorageError:
                    ExpectTrouble(process, "DeleteTopics", ErrorCode.KafkaStorageError);
                    break;
                case { } error:
                    throw new SimulationFailure($"The deletion of {live} is answered with {error}");
            }
        });
    }

    // Asks what there is under a name of which that is not known.
    private async Task FindTopicAsync(BrokerProcess process, TopicModel topic)
    {
        if (ConnectionOf(process, "admin") is not { } connection)
            return;
        var changes = topic.Changes;
        topic.IsBusy = true;
        var answer = await connection.CallAsync<MetadataRequest, MetadataResponse>(
            new MetadataRequest { Topics = [new() { Name = topic.Name }], AllowAutoTopicCreation = false }, 12, BoundMs);
        if (!process.IsAlive)
            return;
        topic.IsBusy = false;
        if (answer is null || topic.Changes != changes)
            return;
        Found(topic, answer.Topics[0].ErrorCode == ErrorCode.None ? answer.Topics[0] : null, isFinal: false);
    }

    private async Task CheckTopicsAsync(WireConnection connection)
    {
        var answer = await connection.CallAsync<MetadataRequest, MetadataResponse>(
            new MetadataRequest { Topics = null, AllowAutoTopicCreation = false }, 12, BoundMs) ?? throw new SimulationFailure("Metadata is not answered");
        foreach (var shown in answer.Topics)
        {
            if (!_topics.Any(topic => topic.Name == shown.Name))
                throw new SimulationFailure($"There is a topic {shown.Name} that nobody made");
        }

        foreach (var topic in _topics)
            Found(topic, answer.Topics.Find(shown => shown.Name == topic.Name), isFinal: true);
    }

    // What is there under a name; after a start nothing that was asked before may still happen.
    private void Found(TopicModel topic, MetadataResponse.MetadataResponseTopic? shown, bool isFinal)
    {
        if (topic.Live is { } live && shown?.TopicId != live.Id.Value)
        {
            if (!live.IsLeaving)
                throw new SimulationFailure($"{live} is gone{(shown is null ? "" : $"; there is {new TopicId(shown.TopicId)}")}");
            topic.Live = null;
            topic.Changes++;
        }

        if (shown is not null && topic.Live is null)
        {
            var id = new TopicId(shown.TopicId);
            var count = shown.Partitions.Count;
            if (!topic.Doubts.Exists(doubt => doubt.Partitions == count))
                throw new SimulationFailure($"There is a topic {topic.Name} ({id}) of {count} partitions, {(_gone.Contains(id) ? "which was deleted" : "which nobody made")}");
            Adopt(topic, id, topic.Doubts.Min(static doubt => doubt.Started), count, null);
        }

        if (topic.Live is { } there && shown is not null)
        {
            var count = shown.Partitions.Count;
            if (count < there.PartitionsMin || count > there.PartitionsMax)
                throw new SimulationFailure($"{there} has {count} partitions, not {there.PartitionsMin} to {there.PartitionsMax}");
            there.IsLeaving &= !isFinal;
            if (isFinal)
                (there.PartitionsMin, there.PartitionsMax) = (count, count);
        }

        if (isFinal)
            topic.Doubts.Clear();
    }

    private void AddPartitions(TopicModel topic, Incarnation live)
    {
        if (live.PartitionsMax >= PartitionsMax || !topic.IsQuiet)
            return;
        var count = live.PartitionsMax + 1;
        Trace.Add("step", $"grow {live}", count);
        live.PartitionsMax = count;
        topic.IsBusy = true;
        Begin(async process =>
        {
            Figures.Requests++;
            var connection = ConnectionOf(process, "admin");
            var answer = connection is null ? null : await connection.CallAsync<CreatePartitionsRequest, CreatePartitionsResponse>(
                new CreatePartitionsRequest { TimeoutMs = 5_000, Topics = [new() { Name = topic.Name, Count = count, Assignments = null }] }, 3, BoundMs);
            if (!process.IsAlive)
                return;
            topic.IsBusy = false;
            var error = answer?.Results[0].ErrorCode;
            if (error == ErrorCode.None)
                live.PartitionsMin = count;
            else if (error == ErrorCode.KafkaStorageError)
                ExpectTrouble(process, "CreatePartitions", ErrorCode.KafkaStorageError);
            else if (error is not (null or ErrorCode.InvalidPartitions))
                throw new SimulationFailure($"{live} cannot have {count} partitions: {error}");
        });
    }

    private void DeleteRecords(Incarnation live)
    {
        var partition = live.Partition(Random.Next(live.PartitionsMin));
        var offset = Random.NextInt64(partition.TrimAsked, Math.Max(partition.Promised, partition.TrimAsked) + 1);
        Trace.Add("step", $"trim {live}-{partition.Index}", offset);
        var topic = Array.Find(_topics, topic => topic.Name == live.Name)!;
        if (!topic.IsQuiet)
            return;
        partition.TrimAsked = Math.Max(partition.TrimAsked, offset);
        var changes = topic.Changes;
        Begin(async process =>
        {
            Figures.Requests++;
            var connection = ConnectionOf(process, "admin");
            var answer = connection is null ? null : await connection.CallAsync<DeleteRecordsRequest, DeleteRecordsResponse>(
                new DeleteRecordsRequest
                {
                    TimeoutMs = 5_000,
                    Topics = [new() { Name = live.Name, Partitions = [new() { PartitionIndex = partition.Index, Offset = offset }] }],
                },
                2, BoundMs);
            if (answer is null || !process.IsAlive || topic.Changes != changes)
                return;
            var result = answer.Topics[0].Partitions[0];
            if (result.ErrorCode == ErrorCode.None)
                partition.PromiseTrim(Math.Min(result.LowWatermark, offset));
            else if (result.ErrorCode == ErrorCode.KafkaStorageError)
                ExpectTrouble(process, "DeleteRecords", result.ErrorCode);
            else if (!(result.ErrorCode == ErrorCode.PolicyViolation && live.MayCompact))
                throw partition.Wrong($"answers DeleteRecords to {offset} with {result.ErrorCode}; {partition.Promised} was promised");
        });
    }

    private KeyValuePair<string, string> NewSetting() => Random.Next(8) switch
    {
        0 or 1 => new("cleanup.policy", Random.Next(3) == 0 ? "delete" : "compact"),
        2 => new("retention.ms", Random.Next(3) == 0 ? Text(Random.Next(2_000, 60_000)) : "-1"),
        3 => new("retention.bytes", Random.Next(3) == 0 ? Text(Random.Next(1_000, 60_000)) : "-1"),
        4 => new("segment.ms", Text(Random.Next(100, 20_000))),
        5 => new("delete.retention.ms", Text(Random.Next(5_000))),
        6 => new("file.delete.delay.ms", Text(Random.Next(5_000))),
        _ => new("index.interval.bytes", Text(Random.Next(50, 5_000))),
    };

    private void Configure(TopicModel topic, Incarnation live)
    {
        if (!topic.IsQuiet)
            return;
        var (name, value) = NewSetting();
        Trace.Add("step", $"configure {live} {name}={value}");
        if (!live.Configs.TryGetValue(name, out var register))
            register = live.Configs[name] = new Register<string>("", isKnown: false);
        var write = register.Begin(value, ++_tick);
        live.Allow(name, value);
        var changes = topic.Changes;
        Begin(async process =>
        {
            Figures.Requests++;
            var connection = ConnectionOf(process, $"admin{Random.Next(2)}");
            var answer = connection is null ? null : await connection.CallAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
                new IncrementalAlterConfigsRequest
                {
                    Resources = [new() { ResourceType = TopicKind, ResourceName = live.Name, Configs = [new() { Name = name, ConfigOperation = 0, Value = value }] }],
                },
                1, BoundMs);
            if (answer is null || !process.IsAlive || topic.Changes != changes)
                return;
            var error = answer.Responses[0].ErrorCode;
            if (error == ErrorCode.None)
                write.Done(++_tick);
            else if (error == ErrorCode.KafkaStorageError)
                ExpectTrouble(process, "IncrementalAlterConfigs", error);
            else
                throw new SimulationFailure($"{live} cannot have {name}={value}: {error} {answer.Responses[0].ErrorMessage}");
        });
    }

    private async Task CheckConfigsAsync(WireConnection connection, Incarnation live)
    {
        if (live.Configs.Count == 0)
            return;
        var asked = ++_tick;
        var answer = await connection.CallAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            new DescribeConfigsRequest { Resources = [new() { ResourceType = TopicKind, ResourceName = live.Name, ConfigurationKeys = [.. live.Configs.Keys] }] },
            4, BoundMs);
        if (answer?.Results[0] is not { ErrorCode: ErrorCode.None } result)
            throw new SimulationFailure($"{live}: DescribeConfigs is answered with {answer?.Results[0].ErrorCode}");
        foreach (var config in result.Configs)
        {
            var register = live.Configs[config.Name];
            if (!register.TryRead(config.Value ?? "", asked, ++_tick))
                throw new SimulationFailure($"{live} has {config.Name}={config.Value}, not {register}");
        }
    }
}
