using System.Globalization;
using System.Text.Json;
using Chronik.Coordination.Assignors;
using Chronik.TestKit;

namespace Chronik.Coordination.Tests.Assignors;

/// <summary>Our assignors against Kafka's own, over groups made from seeds.</summary>
public sealed class OracleDifferentialTests(Oracle oracle)
{
    private const int Cases = 3000;

    [Theory]
    [InlineData("range")]
    [InlineData("roundrobin")]
    [InlineData("sticky")]
    [InlineData("cooperative-sticky")]
    public void Every_member_gets_the_bytes_that_a_Java_leader_would_send(string name)
    {
        Assert.True(PartitionAssignors.TryGet(name, out var assignor));
        var cases = Enumerable.Range(0, Cases).Select(GroupCase.FromSeed).ToList();
        var answers = oracle.AskMany(cases.Select(c => $"assign {name} {c.ToJson()}").ToList());
        var compared = 0;
        for (var seed = 0; seed < Cases; seed++)
        {
            if (!answers[seed].GetProperty("ok").GetBoolean() || GivesUnsubscribed(cases[seed], answers[seed]))
            {
                // Claims of older generations for topics that a member has left make the Java client fail, or give it
                // what it does not subscribe to. Ours does neither.
                Assert.Equal(cases[seed].Members.Count, assignor.Assign(cases[seed].ToInput()).Count);
                continue;
            }

            var expected = answers[seed].GetProperty("members");
            var actual = assignor.Assign(cases[seed].ToInput(expected));
            foreach (var member in cases[seed].Members)
            {
                var bytes = Convert.ToHexStringLower(actual[member.Id].Span);
                var wanted = expected.GetProperty(member.Id).GetProperty("assignment").GetString();
                Assert.True(bytes == wanted, $"seed {seed.ToString(CultureInfo.InvariantCulture)}, {member.Id}:\n{bytes}\n{wanted}\n{cases[seed].ToJson()}");
            }

            compared++;
        }

        Assert.InRange(compared, Cases * 95 / 100, Cases);
    }

    private static bool GivesUnsubscribed(GroupCase group, JsonElement answer) => group.Members.Exists(member =>
        answer.GetProperty("members").GetProperty(member.Id).GetProperty("partitions").EnumerateObject()
            .Any(topic => !member.Topics.Contains(topic.Name)));
}
