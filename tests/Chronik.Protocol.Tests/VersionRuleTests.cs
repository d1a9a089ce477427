using Chronik.Protocol.Messages;

namespace Chronik.Protocol.Tests;

public sealed class VersionRuleTests
{
    [Fact]
    public void A_set_field_that_the_version_lacks_is_not_lost_silently()
    {
        var heartbeat = new HeartbeatRequest { GroupId = "g", MemberId = "m", GroupInstanceId = "i" };
        Assert.Equal(
            "HeartbeatRequest.GroupInstanceId is set, but version 2 has no such field.",
            Assert.Throws<UnsupportedVersionException>(() => Write(heartbeat, 2)).Message);
        Assert.NotEmpty(Write(heartbeat, 3));
    }

    [Fact]
    public void An_ignorable_field_that_the_version_lacks_is_dropped()
    {
        var join = new JoinGroupRequest { GroupId = "g", Reason = "because" };
        var reader = new KafkaReader(Write(join, 7));
        Assert.Null(JoinGroupRequest.Read(ref reader, 7).Reason);
    }

    [Fact]
    public void A_tagged_field_that_the_version_lacks_is_not_lost_silently()
    {
        var fetch = new FetchRequest { ReplicaState = new() { ReplicaId = 3 } };
        Assert.Throws<UnsupportedVersionException>(() => Write(fetch, 14));
        fetch.ReplicaState = new();
        Assert.NotEmpty(Write(fetch, 14));
    }

    [Fact]
    public void A_set_field_of_an_inner_structure_is_not_lost_silently()
    {
        var leave = new OffsetCommitRequest { GroupId = "g" };
        leave.Topics.Add(new() { Name = "t", Partitions = { new() { CommitTimestamp = 5 } } });
        Assert.Throws<UnsupportedVersionException>(() => Write(leave, 2));
        Assert.NotEmpty(Write(leave, 1));
    }

    [Fact]
    public void Null_is_refused_in_versions_that_have_none()
    {
        var metadata = new MetadataRequest { Topics = null };
        Assert.Throws<UnsupportedVersionException>(() => Write(metadata, 0));
        Assert.Equal("ffffffff", Convert.ToHexStringLower(Write(metadata, 1)));
        Assert.Throws<UnsupportedVersionException>(() => Write(new HeartbeatRequest { GroupId = null! }, 0));
        Assert.Throws<UnsupportedVersionException>(() => Write(new DescribeGroupsRequest { Groups = null! }, 0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(19)]
    public void A_version_that_does_not_exist_is_neither_read_nor_written(short version)
    {
        Assert.Throws<UnsupportedVersionException>(() => Write(new FetchRequest(), version));
        Assert.Throws<UnsupportedVersionException>(() =>
        {
            var reader = new KafkaReader(new byte[100]);
            FetchRequest.Read(ref reader, version);
        });
    }

    [Fact]
    public void Unknown_tags_are_written_back_between_known_ones_and_refused_where_there_are_no_tags()
    {
        var fetch = new FetchRequest
        {
            ClusterId = "c",
            ReplicaId = -1,
            UnknownTaggedFields = [new(1, new byte[] { 7 }), new(9, new byte[] { 8 })],
        };
        byte[] bytes = Write(fetch, 12);
        Assert.EndsWith("03" + "00020263" + "010107" + "090108", Convert.ToHexStringLower(bytes), StringComparison.Ordinal);
        var reader = new KafkaReader(bytes);
        Assert.Equal([1u, 9u], FetchRequest.Read(ref reader, 12).UnknownTaggedFields!.Select(field => field.Tag));
        Assert.Throws<UnsupportedVersionException>(() => Write(fetch, 11));
    }

    [Fact]
    public void Fields_have_Kafkas_defaults()
    {
        var fetch = new FetchRequest();
        Assert.Equal((int.MaxValue, -1, -1, "", null), (fetch.MaxBytes, fetch.ReplicaId, fetch.SessionEpoch, fetch.RackId, fetch.ClusterId));
        Assert.True(new MetadataRequest().AllowAutoTopicCreation);
        Assert.Equal(int.MinValue, new MetadataResponse.MetadataResponseTopic().TopicAuthorizedOperations);
        Assert.True(new ProduceRequest.PartitionProduceData().Records.IsNull);
    }

    private static byte[] Write<T>(T message, short version)
        where T : IKafkaMessage<T>
    {
        using var writer = new KafkaWriter();
        message.Write(writer, version);
        return writer.WrittenSpan.ToArray();
    }
}
