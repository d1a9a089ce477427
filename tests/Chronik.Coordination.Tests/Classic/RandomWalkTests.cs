namespace Chronik.Coordination.Tests.Classic;

/// <summary>
/// Clients that do anything at any time, writes that take their time or fail, crashes: whatever happens, what
/// groups.md promises holds after every step.
/// </summary>
public class RandomWalkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Whatever_happens_the_invariants_hold(int seed)
    {
        var walk = new GroupWalk(new Random(seed));
        for (var step = 0; step < 4_000; step++)
        {
            walk.Step();
            walk.AssertInvariants();
        }

        walk.Settle();
        walk.AssertInvariants();
        Assert.True(walk.StableGenerations > 20, $"only {walk.StableGenerations} generations became stable");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void After_a_crash_at_any_step_what_was_told_is_still_true(int seed)
    {
        var walk = new GroupWalk(new Random(seed)) { CrashesAfterEveryStep = true };
        for (var step = 0; step < 3_000; step++)
        {
            walk.Step();
            walk.AssertInvariants();
        }
    }
}
