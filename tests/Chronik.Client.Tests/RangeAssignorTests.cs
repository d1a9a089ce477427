using System.Text.Json;
using Chronik.Client.Consuming;
using Chronik.TestKit;

namespace Chronik.Client.Tests;

public sealed class RangeAssignorTests(Oracle oracle)
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 5)]
    [InlineData(7, 3)]
    [InlineData(2, 4)]
    public void Partitions_are_shared_as_Java_shares_them(int partitions, int members)
    {
        var topics = new Dictionary<string, int> { ["t0"] = partitions, ["t1"] = partitions + 1 };
        var subscriptions = Enumerable.Range(0, members).Select(i => (MemberId: $"c{i}", Topics: (IReadOnlyCollection<string>)(i % 2 == 0 ? ["t0", "t1"] : ["t1"]))).ToList();
        var ours = RangeAssignor.Assign(subscriptions, topics);

        var question = new { topics, members = subscriptions.ToDictionary(m => m.MemberId, m => new { topics = m.Topics }) };
        var theirs = oracle.AskOk($"assign range {JsonSerializer.Serialize(question)}").GetProperty("members");
        foreach (var (member, assigned) in ours)
        {
            var expected = theirs.GetProperty(member).GetProperty("partitions").EnumerateObject()
                .SelectMany(topic => topic.Value.EnumerateArray().Select(p => $"{topic.Name}-{p.GetInt32()}"));
            Assert.Equal(expected.Order(), assigned.Select(p => p.ToString()).Order());
        }
    }
}
