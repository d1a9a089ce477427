using Chronik.Protocol.Messages;
using Chronik.TestKit;

namespace Chronik.Protocol.Tests;

public sealed class ConsumerProtocolTests(Oracle oracle)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Kafka_reads_our_subscriptions(short version)
    {
        var subscription = new ConsumerProtocolSubscription { Topics = { "a", "b" }, GenerationId = 4, RackId = "r" };
        subscription.OwnedPartitions.Add(new() { Topic = "a", Partitions = { 1 } });
        string hex = Convert.ToHexStringLower(ConsumerProtocol.Write(subscription, version));
        var seen = oracle.AskOk($"subscription {hex}");
        Assert.Equal(hex, seen.GetProperty("hex").GetString());
        Assert.Equal(version >= 2 ? 4 : -1, seen.GetProperty("generation").GetInt32());
        Assert.Equal(["a", "b"], ConsumerProtocol.ReadSubscription(Convert.FromHexString(hex)).Topics);
    }

    [Fact]
    public void Kafka_reads_our_assignments()
    {
        var assignment = new ConsumerProtocolAssignment { AssignedPartitions = { new() { Topic = "a", Partitions = { 2 } } } };
        string hex = Convert.ToHexStringLower(ConsumerProtocol.Write(assignment, 0));
        Assert.Equal(2, oracle.AskOk($"assignment {hex}").GetProperty("partitions").GetProperty("a")[0].GetInt32());
    }

    [Fact]
    public void A_newer_version_is_read_as_the_newest_known_one()
    {
        byte[] bytes = ConsumerProtocol.Write(new ConsumerProtocolSubscription { Topics = { "a" } }, 3);
        bytes[1] = 9;
        Assert.Equal(["a"], ConsumerProtocol.ReadSubscription((byte[])[.. bytes, 1, 2, 3]).Topics);
    }

    [Fact]
    public void No_bytes_assign_nothing() => Assert.Empty(ConsumerProtocol.ReadAssignment(default).AssignedPartitions);

    [Theory]
    [InlineData("")]
    [InlineData("ffff00000000ffffffff")]
    [InlineData("00007fffffff")]
    public void What_is_no_subscription_is_refused(string hex) =>
        Assert.Throws<ProtocolException>(() => ConsumerProtocol.ReadSubscription(Convert.FromHexString(hex)));
}
