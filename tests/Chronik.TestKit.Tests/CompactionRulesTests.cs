namespace Chronik.TestKit.Tests;

public sealed class CompactionRulesTests
{
    private static readonly KeyedRecord[] s_written =
    [
        new(0, "a", false, true), new(1, "b", false, true), new(2, "a", false, true), new(3, "b", true, true),
        new(4, "a", false, false), new(5, "c", false, null), new(6, null, false, true),
    ];

    [Theory]
    [InlineData("0 1 2 3 4 5 6")]
    [InlineData("2 3 5")]
    [InlineData("2 5")]
    [InlineData("1 2 3 4 5")]
    public void What_compaction_may_leave_is_right(string left) => Assert.Null(FindBroken(left, 0));

    [Theory]
    [InlineData("0 1 3 5", "0, key a, is there, though 2 behind it is gone")]
    [InlineData("3 5", "2, the last of key a, is lost")]
    [InlineData("1 2 5", "1, key b, is there, though 3 behind it is gone")]
    [InlineData("2 3", "5 of an open transaction, key c, is lost")]
    public void What_it_may_not_take_is_named(string left, string broken) => Assert.Equal(broken, FindBroken(left, 0));

    [Fact]
    public void What_lies_below_the_log_start_may_be_gone() => Assert.Null(FindBroken("5", 3));

    private static string? FindBroken(string left, long start) =>
        CompactionRules.FindBroken(s_written, left.Split(' ').Select(long.Parse).ToHashSet().Contains, start);
}
