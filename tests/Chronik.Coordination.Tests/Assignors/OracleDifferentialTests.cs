using System.Text.Json;
using Chronik.Coordination.Assignors;
using Chronik.TestKit;

namespace Chronik.Coordination.Tests.Assignors;

/// <summary>Our assignors against Kafka's own, over groups made from seeds.</summary>
public sealed class OracleDifferentialTests(Oracle oracle)
{
    private const int Cases = 4000;

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
            var group = cases[seed];
            if (!answers[seed].GetProperty("ok").GetBoolean() || GivesUnsubscribed(group, answers[seed]))
            {
                Assert.True(name.EndsWith("sticky", StringComparison.Ordinal), $"seed {seed}: {answers[seed]}");
                continue;
            }

            var expected = answers[seed].GetProperty("members");
            var actual = assignor.Assign(group.ToInput(expected));
            var different = group.Members.Find(member =>
                Convert.ToHexStringLower(actual[member.Id].Span) != expected.GetProperty(member.Id).GetProperty("assignment").GetString());
            if (different is null)
                compared++;
            else if (!name.EndsWith("sticky", StringComparison.Ordinal) || !ConfusesJava(group))
                Assert.Fail($"seed {seed}, {different.Id}: {Convert.ToHexStringLower(actual[different.Id].Span)}\n{answers[seed]}\n{group.ToJson()}");
        }

        Assert.InRange(compared, Cases * 92 / 100, Cases);
    }

    /// <summary>
    /// Members without topics, and claims of lost generations or of topics that a member has left, make the sticky
    /// assignors of the Java client fail, give a member what it does not subscribe to, or give away what another still
    /// owns. Ours must not, so there the two may differ.
    /// </summary>
    private static bool ConfusesJava(GroupCase group) =>
        group.Members.Exists(member => member.Topics.Count == 0)
        || (group.Members.Exists(member => member.Generation != group.Members[0].Generation || member.UserData is not null)
            && group.Members.Exists(member => member.Owned.Exists(partition => !member.Topics.Contains(partition.Topic))
                || group.Members.Exists(other => other != member && other.Owned.Intersect(member.Owned).Any())));

    private static bool GivesUnsubscribed(GroupCase group, JsonElement answer) => group.Members.Exists(member =>
        answer.GetProperty("members").GetProperty(member.Id).GetProperty("partitions").EnumerateObject()
            .Any(topic => !member.Topics.Contains(topic.Name)));
}
