using System.Text.Json;
using Chronik.Protocol.Messages;
using Chronik.TestKit;

namespace Chronik.Protocol.Tests;

/// <summary>That bytes come back does not show that each field has the right name: Kafka must see in ours what was set.</summary>
public sealed class FieldContentTests(Oracle oracle)
{
    private static readonly Guid _topicId = new("00010203-0405-0607-0809-0a0b0c0d0e0f");

    [Fact]
    public void Kafka_reads_a_produce_request() => AssertSeen(
        new ProduceRequest
        {
            TransactionalId = "tx",
            Acks = -1,
            TimeoutMs = 1500,
            TopicData = { new() { Name = "t", PartitionData = { new() { Index = 3 } } } },
        },
        9,
        """{"transactionalId":"tx","acks":-1,"timeoutMs":1500,"topicData":[{"name":"t","partitionData":[{"index":3,"records":null}]}]}""");

    [Fact]
    public void Kafka_reads_a_fetch_request() => AssertSeen(
        new FetchRequest
        {
            MaxWaitMs = 500,
            MinBytes = 1,
            SessionId = 7,
            SessionEpoch = 2,
            IsolationLevel = 1,
            ReplicaState = new() { ReplicaId = 4, ReplicaEpoch = 9 },
            Topics = { new() { TopicId = _topicId, Partitions = { new() { Partition = 1, FetchOffset = long.MaxValue, PartitionMaxBytes = 10 } } } },
            ForgottenTopicsData = { new() { TopicId = _topicId, Partitions = { 5, 6 } } },
            RackId = "r",
        },
        17,
        """
        {"replicaState":{"replicaId":4,"replicaEpoch":9},"maxWaitMs":500,"minBytes":1,"maxBytes":2147483647,"isolationLevel":1,"sessionId":7,"sessionEpoch":2,
        "topics":[{"topicId":"AAECAwQFBgcICQoLDA0ODw","partitions":[{"partition":1,"currentLeaderEpoch":-1,"fetchOffset":9223372036854775807,"lastFetchedEpoch":-1,"logStartOffset":-1,"partitionMaxBytes":10}]}],
        "forgottenTopicsData":[{"topicId":"AAECAwQFBgcICQoLDA0ODw","partitions":[5,6]}],"rackId":"r"}
        """);

    [Fact]
    public void Kafka_reads_a_join_group_response() => AssertSeen(
        new JoinGroupResponse
        {
            ThrottleTimeMs = 1,
            ErrorCode = ErrorCode.RebalanceInProgress,
            GenerationId = 2,
            ProtocolName = "range",
            Leader = "l",
            MemberId = "m",
            Members = { new() { MemberId = "m", GroupInstanceId = "i", Metadata = new byte[] { 1, 2 } } },
        },
        5,
        """{"throttleTimeMs":1,"errorCode":27,"generationId":2,"protocolName":"range","leader":"l","memberId":"m","members":[{"memberId":"m","groupInstanceId":"i","metadata":"AQI="}]}""");

    [Fact]
    public void Kafka_reads_the_brokers_in_a_metadata_response() => AssertSeen(
        new MetadataResponse
        {
            Brokers = { new() { NodeId = 1, Host = "h", Port = 9092 } },
            ClusterId = "c",
            ControllerId = 1,
            Topics = { new() { Name = "t", TopicId = _topicId, Partitions = { new() { PartitionIndex = 2, LeaderId = 1, LeaderEpoch = 5, ReplicaNodes = { 1 }, IsrNodes = { 1 } } } } },
        },
        12,
        """
        {"throttleTimeMs":0,"brokers":[{"nodeId":1,"host":"h","port":9092,"rack":null}],"clusterId":"c","controllerId":1,
        "topics":[{"errorCode":0,"name":"t","topicId":"AAECAwQFBgcICQoLDA0ODw","isInternal":false,
        "partitions":[{"errorCode":0,"partitionIndex":2,"leaderId":1,"leaderEpoch":5,"replicaNodes":[1],"isrNodes":[1],"offlineReplicas":[]}],"topicAuthorizedOperations":-2147483648}]}
        """);

    [Fact]
    public void Kafka_reads_tagged_fields_of_a_produce_response() => AssertSeen(
        new ProduceResponse
        {
            Responses =
            {
                new()
                {
                    Name = "t",
                    PartitionResponses = { new() { Index = 1, ErrorCode = ErrorCode.NotLeaderOrFollower, BaseOffset = -1, CurrentLeader = new() { LeaderId = 2, LeaderEpoch = 3 } } },
                },
            },
            NodeEndpoints = { new() { NodeId = 2, Host = "other", Port = 9093 } },
        },
        10,
        """
        {"responses":[{"name":"t","partitionResponses":[{"index":1,"errorCode":6,"baseOffset":-1,"logAppendTimeMs":-1,"logStartOffset":-1,"recordErrors":[],"errorMessage":null,
        "currentLeader":{"leaderId":2,"leaderEpoch":3}}]}],"throttleTimeMs":0,"nodeEndpoints":[{"nodeId":2,"host":"other","port":9093,"rack":null}]}
        """);

    [Fact]
    public void Kafka_reads_a_structure_that_is_null_and_one_that_is_not()
    {
        AssertSeen(
            new DescribeTopicPartitionsRequest { Topics = { new() { Name = "t" } }, ResponsePartitionLimit = 5 },
            0,
            """{"topics":[{"name":"t"}],"responsePartitionLimit":5,"cursor":null}""");
        AssertSeen(
            new DescribeTopicPartitionsRequest { Cursor = new() { TopicName = "u", PartitionIndex = 4 } },
            0,
            """{"topics":[],"responsePartitionLimit":2000,"cursor":{"topicName":"u","partitionIndex":4}}""");
    }

    [Fact]
    public void What_Kafka_encodes_has_the_same_fields_here()
    {
        var answer = oracle.AskOk("""encode request 8 9 {"groupId":"g","generationIdOrMemberEpoch":4,"memberId":"m","groupInstanceId":"i","topics":[{"name":"t","partitions":[{"partitionIndex":1,"committedOffset":22,"committedLeaderEpoch":3,"committedMetadata":null}]}]}""");
        var reader = new KafkaReader(Convert.FromHexString(answer.GetProperty("hex").GetString()!));
        var commit = OffsetCommitRequest.Read(ref reader, 9);
        Assert.Equal(("g", 4, "m", "i"), (commit.GroupId, commit.GenerationIdOrMemberEpoch, commit.MemberId, commit.GroupInstanceId));
        var topic = Assert.Single(commit.Topics);
        var partition = Assert.Single(topic.Partitions);
        Assert.Equal(("t", 1, 22, 3, null), (topic.Name, partition.PartitionIndex, partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata));
    }

    private void AssertSeen<T>(T message, short version, string json)
        where T : IKafkaMessage<T>
    {
        using var writer = new KafkaWriter();
        message.Write(writer, version);
        string side = typeof(T).Name.EndsWith("Request", StringComparison.Ordinal) ? "request" : "response";
        var api = ApiKeys.All.Single(api => typeof(T).Name == api.Name + (side == "request" ? "Request" : "Response"));
        var answer = oracle.AskOk($"decode {side} {(short)api.Key} {version} {Convert.ToHexStringLower(writer.WrittenSpan)}");
        using var expected = JsonDocument.Parse(json);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, answer.GetProperty("json")), answer.GetProperty("json").GetRawText());
    }
}
