using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Fetching;
using Chronik.Broker.Handlers.Configs;
using Chronik.Broker.Handlers.Data;
using Chronik.Broker.Handlers.Groups;
using Chronik.Broker.Handlers.Producers;
using Chronik.Broker.Handlers.Topics;
using Chronik.Broker.Producing;
using Chronik.Broker.Tests.Topics;
using Chronik.Protocol;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>Asks Chronik's handlers; requests and answers pass through the bytes of their version.</summary>
internal sealed class ChronikAnswers
{
    private static readonly JsonSerializerOptions KafkasJson = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new KafkaUuidConverter(), new RecordDataConverter() },
    };

    private readonly TopicWorld _world;
    private readonly Dictionary<short, Func<short, string, Task<JsonNode>>> _apis = [];

    internal ChronikAnswers(TopicWorld world)
    {
        _world = world;
        Serve(new ProduceHandler(world.Topics, new ProduceWaits(TimeProvider.System), TimeProvider.System));
        Serve(new FetchHandler(
            world.Topics, new FetchSessionCache(world.Options, TimeProvider.System, new Random(1)), new FetchWaiters(TimeProvider.System), world.Options));
        Serve(new ListOffsetsHandler(world.Topics));
        Serve(new InitProducerIdHandler(world.ProducerIds));
        Serve(new OffsetForLeaderEpochHandler(world.Topics));
        Serve(new MetadataHandler(world.Topics, world.Creation, world.Identity, world.Options));
        Serve(new CreateTopicsHandler(world.Topics, world.Creation, world.Resolver));
        Serve(new DeleteTopicsHandler(world.Topics, world.Options));
        Serve(new DeleteRecordsHandler(world.Topics));
        Serve(new OffsetCommitHandler(world.Groups, world.Topics, TimeProvider.System));
        Serve(new OffsetFetchHandler(world.Groups, world.Topics));
        Serve(new FindCoordinatorHandler(world.Identity));
        Serve(new JoinGroupHandler(world.Groups));
        Serve(new HeartbeatHandler(world.Groups));
        Serve(new LeaveGroupHandler(world.Groups));
        Serve(new SyncGroupHandler(world.Groups));
        Serve(new DescribeGroupsHandler(world.Groups));
        Serve(new ListGroupsHandler(world.Groups));
        Serve(new DeleteGroupsHandler(world.Groups));
        Serve(new OffsetDeleteHandler(world.Groups, world.Topics));
        Serve(new DescribeConfigsHandler(world.Describer));
        Serve(new AlterConfigsHandler(world.Alteration));
        Serve(new DescribeLogDirsHandler(world.Topics, world.Options));
        Serve(new CreatePartitionsHandler(world.Topics, world.Options));
        Serve(new IncrementalAlterConfigsHandler(world.Alteration));
        Serve(new DescribeClusterHandler(world.Identity, world.Options));
        Serve(new ListConfigResourcesHandler(world.Topics, world.Configs, world.Settings));
        Serve(new DescribeTopicPartitionsHandler(world.Topics, world.Identity));
        Serve(new DescribeProducersHandler(world.Topics));
        Serve(new WriteTxnMarkersHandler(world.Topics, TimeProvider.System));
    }

    internal Task<JsonNode> AskAsync(short apiKey, short version, string request) => _apis[apiKey](version, request);

    private void Serve<TRequest, TResponse>(IRequestHandler<TRequest, TResponse> handler)
        where TRequest : class, IKafkaRequest<TRequest, TResponse>
        where TResponse : class, IKafkaResponse<TResponse> =>
        _apis[(short)TRequest.ApiKey] = async (version, json) =>
        {
            var request = Pass(JsonSerializer.Deserialize<TRequest>(json, KafkasJson)!, version);
            var response = await handler.HandleAsync(_world.Context(version), request);
            return JsonSerializer.SerializeToNode(Pass(response!, version), KafkasJson)!;
        };

    private static T Pass<T>(T message, short version)
        where T : IKafkaMessage<T>
    {
        using var writer = new KafkaWriter();
        message.Write(writer, version);
        var reader = new KafkaReader(BytesOf(writer));
        var read = T.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return read;
    }

    private static byte[] BytesOf(KafkaWriter writer)
    {
        var bytes = new byte[writer.Length];
        var (taken, filled) = (0, 0);
        foreach (var region in writer.ExternalRegions)
        {
            TakeTo(region.Position);
            region.Records.CopyTo(0, bytes.AsSpan(filled, region.Records.Length));
            filled += region.Records.Length;
            region.Records.Dispose();
        }

        TakeTo(writer.WrittenSpan.Length);
        return bytes;

        void TakeTo(int position)
        {
            writer.WrittenSpan[taken..position].CopyTo(bytes.AsSpan(filled));
            (taken, filled) = (position, filled + position - taken);
        }
    }

    private sealed class KafkaUuidConverter : JsonConverter<Guid>
    {
        public override Guid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TopicId.TryParse(reader.GetString(), out var id) ? id.Value : throw new JsonException($"Not a Kafka uuid: {reader.GetString()}");

        public override void Write(Utf8JsonWriter writer, Guid value, JsonSerializerOptions options) =>
            writer.WriteStringValue(new TopicId(value).ToString());
    }
}
