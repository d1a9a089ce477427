using Chronik.Broker.Topics;
using Chronik.Protocol;

namespace Chronik.Broker.Tests.Topics;

public sealed class TopicSnapshotTests
{
    [Fact]
    public void Topics_stay_in_the_order_of_their_names_and_old_snapshots_stay_as_they_were()
    {
        var before = TopicSnapshot.Empty.With(Topic("b"), Topic("d"));

        var after = before.With(Topic("c"), Topic("a")).Without(Get(before, "d"));

        Assert.Equal(["b", "d"], before.Topics.Select(t => t.Name));
        Assert.Equal(["a", "b", "c"], after.Topics.Select(t => t.Name));
        Assert.False(after.TryGet("d", out _));
        Assert.Equal((0, 1, 3), (after.IndexFrom(""), after.IndexFrom("aa"), after.IndexFrom("x")));
    }

    [Theory]
    [InlineData("a.b", "a_b", true)]
    [InlineData("a_b", "a.b", true)]
    [InlineData("a.b.c", "a_b_c", true)]
    [InlineData("a.b", "a.b", false)]
    [InlineData("a.b", "a-b", false)]
    [InlineData("a.b", "a.bc", false)]
    [InlineData(".b", "_b", true)]
    public void Names_that_differ_in_dots_and_underscores_alone_collide(string existing, string wanted, bool collides)
    {
        var snapshot = TopicSnapshot.Empty.With(Topic("a"), Topic("aa"), Topic("z_z"), Topic(existing));

        Assert.Equal(collides ? existing : null, snapshot.Colliding(wanted)?.Name);
    }

    private static Topic Topic(string name) => new(TopicId.Create(new Random(name.Length * 31 + name[0])), name, new TopicConfig(), []);

    private static Topic Get(TopicSnapshot snapshot, string name) => snapshot.TryGet(name, out var topic) ? topic : throw new KeyNotFoundException(name);
}
