using System.Diagnostics;
using System.Globalization;
using Chronik.Coordination.Assignors;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Assignors;

/// <summary>What holds for every assignment, whoever computed it.</summary>
public sealed class AssignorInvariantTests
{
    private const int Cases = 1500;

    [Theory]
    [InlineData("range")]
    [InlineData("roundrobin")]
    [InlineData("sticky")]
    [InlineData("cooperative-sticky")]
    public void No_partition_has_two_owners_and_nobody_gets_what_it_does_not_subscribe_to(string name)
    {
        foreach (var (group, assignment) in AssignAll(name))
        {
            var given = assignment.Values.SelectMany(own => own).ToList();
            Assert.Equal(given.Count, given.Distinct().Count());
            foreach (var member in group.Members)
            {
                foreach (var partition in assignment[member.Id])
                {
                    Assert.Contains(partition.Topic, member.Topics);
                    Assert.InRange(partition.Partition, 0, group.Topics[partition.Topic].PartitionCount - 1);
                }
            }
        }
    }

    [Theory]
    [InlineData("range")]
    [InlineData("roundrobin")]
    [InlineData("sticky")]
    public void Every_partition_of_a_subscribed_topic_has_an_owner(string name)
    {
        foreach (var (group, assignment) in AssignAll(name))
        {
            var subscribed = group.Topics.Where(topic => group.Members.Exists(member => member.Topics.Contains(topic.Key)));
            Assert.Equal(subscribed.Sum(topic => topic.Value.PartitionCount), assignment.Values.Sum(own => own.Count));
        }
    }

    [Theory]
    [InlineData("roundrobin")]
    [InlineData("sticky")]
    public void Members_with_the_same_topics_differ_by_one_partition_at_most(string name)
    {
        foreach (var (group, assignment) in AssignAll(name))
        {
            if (group.Members.TrueForAll(member => member.Topics.ToHashSet().SetEquals(group.Members[0].Topics)))
                Assert.InRange(assignment.Values.Max(own => own.Count) - assignment.Values.Min(own => own.Count), 0, 1);
        }
    }

    [Fact]
    public void A_cooperative_member_is_given_nothing_that_another_still_owns()
    {
        foreach (var (group, assignment) in AssignAll("cooperative-sticky"))
        {
            if (group.Members.Exists(member => member.UserData is not null))
                continue;
            // Claims of older generations are void, and those that two make: their owners have lost them already.
            var newest = group.Members.Max(member => member.Generation);
            var owners = group.Members
                .Where(member => member.Generation == newest && newest >= 0)
                .SelectMany(member => member.Owned.Select(partition => (partition, member.Id)))
                .ToLookup(owned => owned.partition, owned => owned.Id);
            foreach (var (memberId, own) in assignment)
            {
                foreach (var partition in own)
                    Assert.True(owners[partition].Count() != 1 || owners[partition].Contains(memberId), $"{partition} goes to {memberId} before it was revoked.");
            }
        }
    }

    [Fact]
    public void Cooperative_rounds_end_with_every_partition_owned()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var group = GroupCase.FromSeed(seed);
            if (group.Members.Exists(member => member.Rack is not null))
                continue;
            var wanted = group.Topics.Where(topic => group.Members.Exists(member => member.Topics.Contains(topic.Key))).Sum(topic => topic.Value.PartitionCount);
            var owned = 0;
            for (var round = 0; round < 3 && owned < wanted; round++)
            {
                var assignment = Assign("cooperative-sticky", group.ToInput());
                owned = assignment.Values.Sum(own => own.Count);
                group = group with
                {
                    Members = [.. group.Members.Select(member => member with { Owned = assignment[member.Id], Generation = 6 + round })],
                };
            }

            Assert.True(owned == wanted, $"seed {seed.ToString(CultureInfo.InvariantCulture)}: {owned} of {wanted}");
        }
    }

    [Fact]
    public void A_sticky_group_that_loses_a_member_moves_only_what_it_had()
    {
        var topics = new Dictionary<string, TopicLayout> { ["orders"] = new(30) };
        var members = Enumerable.Range(0, 6).Select(i => NewMember($"member-{i}", ["orders"])).ToList();
        var before = Assign("sticky", new GroupCase(topics, members).ToInput());
        var left = members.Skip(1).Select(member => member with { Owned = before[member.Id], Generation = 1 }).ToList();
        var after = Assign("cooperative-sticky", new GroupCase(topics, left).ToInput());
        foreach (var member in left)
            Assert.Empty(before[member.Id].Except(after[member.Id]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Subscriptions_of_every_version_are_read(short version)
    {
        var member = NewMember("member", ["orders"]) with { Owned = [new TopicPartition("orders", 1)], Generation = 4, Rack = "r" };
        var read = SubscriptionCodec.ReadSubscription(new AssignmentMember("member", null, member.Encode(version)));
        Assert.Equal(["orders"], read.Topics);
        Assert.Equal(version >= 1 ? member.Owned : [], read.OwnedPartitions);
        Assert.Equal(version >= 2 ? 4 : null, read.Generation);
        Assert.Equal(version >= 3 ? "r" : null, read.RackId);
    }

    [Fact]
    public void Claims_of_partitions_that_do_not_exist_are_ignored()
    {
        var topics = new Dictionary<string, TopicLayout> { ["orders"] = new(2) };
        var member = NewMember("a", ["orders"]) with { Owned = [new("orders", 7), new("orders", -1), new("orders", 1)], Generation = 1 };
        var assignment = Assign("cooperative-sticky", new GroupCase(topics, [member, NewMember("b", ["orders"])]).ToInput());
        Assert.Equal([new TopicPartition("orders", 1)], assignment["a"]);
        Assert.Equal([new TopicPartition("orders", 0)], assignment["b"]);
    }

    [Fact]
    public void Bytes_cut_anywhere_are_refused_or_read_but_never_crash()
    {
        var whole = (NewMember("a", ["orders", "x"]) with { Owned = [new("orders", 1)], Rack = "r", UserData = [1, 2, 3] }).Encode();
        Assert.True(PartitionAssignors.TryGet("sticky", out var assignor));
        for (var length = 0; length < whole.Length; length++)
        {
            var input = new AssignmentInput([new AssignmentMember("a", null, whole.AsMemory(0, length))], new Dictionary<string, TopicLayout>());
            Assert.Throws<AssignmentException>(() => assignor.Assign(input));
        }
    }

    [Fact]
    public void An_array_that_claims_more_than_it_has_is_refused()
    {
        Assert.True(PartitionAssignors.TryGet("range", out var assignor));
        byte[] bytes = [0, 0, 0x7f, 0xff, 0xff, 0xff];
        Assert.Throws<AssignmentException>(() => assignor.Assign(new AssignmentInput([new("a", null, bytes)], new Dictionary<string, TopicLayout>())));
    }

    [Fact]
    public void An_assignor_that_only_members_know_is_not_found() => Assert.False(PartitionAssignors.TryGet("stream", out _));

    [Theory]
    [InlineData("range", false)]
    [InlineData("roundrobin", false)]
    [InlineData("sticky", false)]
    [InlineData("cooperative-sticky", false)]
    [InlineData("sticky", true)]
    [InlineData("cooperative-sticky", true)]
    public void A_thousand_members_and_ten_thousand_partitions_take_seconds_at_most(string name, bool mixed)
    {
        var topics = Enumerable.Range(0, 100).ToDictionary(i => $"topic-{i}", _ => new TopicLayout(100));
        var members = Enumerable.Range(0, 1000)
            .Select(i => NewMember($"member-{i}", mixed ? [.. topics.Keys.Where((_, t) => (t + i) % 7 < 3)] : [.. topics.Keys]))
            .ToList();
        var input = new GroupCase(topics, members).ToInput();
        Assign(name, input);
        var clock = Stopwatch.StartNew();
        var first = Assign(name, input);
        var again = members.Select((member, i) => member with { Owned = first[member.Id], Generation = 1, Topics = i % 10 == 0 ? [.. topics.Keys.Take(9)] : member.Topics }).Skip(20).ToList();
        var afterLoss = Assign(name, new GroupCase(topics, again).ToInput());
        TestContext.Current.TestOutputHelper?.WriteLine($"{name} {mixed}: {clock.Elapsed.TotalSeconds:F2} s for two rounds");
        Assert.Equal(980, afterLoss.Count);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static GroupCase.Member NewMember(string id, List<string> topics) => new(id, null, topics, [], -1, null, null);

    private static IEnumerable<(GroupCase Group, Dictionary<string, List<TopicPartition>> Assignment)> AssignAll(string name)
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var group = GroupCase.FromSeed(seed);
            yield return (group, Assign(name, group.ToInput()));
        }
    }

    private static Dictionary<string, List<TopicPartition>> Assign(string name, AssignmentInput input)
    {
        Assert.True(PartitionAssignors.TryGet(name, out var assignor));
        return assignor.Assign(input).ToDictionary(
            pair => pair.Key,
            pair => ConsumerProtocol.ReadAssignment(pair.Value).AssignedPartitions
                .SelectMany(topic => topic.Partitions.Select(index => new TopicPartition(topic.Topic, index)))
                .ToList());
    }
}
