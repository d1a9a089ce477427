using Chronik.Storage.Log;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>Compaction of a log of which a page cannot be read: no record is dropped, and it is done as soon as the page can be read.</summary>
public sealed class UnreadableCompactionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_waits_until_all_can_be_read(bool wasReadBefore)
    {
        var fixture = new CompactionFixture { Store = { Config = CompactionFixture.CompactConfig with { SegmentBytesMax = 16 << 10 } } };
        fixture.Store.Cleaner = fixture.Store.Cleaner with { IsEnabled = false };
        fixture.Open();
        for (var i = 0; i < 60; i++)
            fixture.Put($"key {i % 7}", $"{i} {new string('v', 200)}");
        fixture.Roll();
        var before = fixture.Records();
        fixture.Continue(fixture.Store.Restart());
        var file = $"{CompactionFixture.Directory}/{fixture.Files().First(static name => name.EndsWith(".log", StringComparison.Ordinal))}";
        var isBad = true;
        fixture.Store.IsBadPage = (path, page) => isBad && path == file && page == 2;
        if (wasReadBefore)
            fixture.Log.Read(40, 1, ReadBound.HighWatermark, atLeastOneBatch: true).Records.External?.Dispose();

        fixture.Store.Cleaner = fixture.Store.Cleaner with { IsEnabled = true };
        fixture.Compact();
        fixture.Compact();
        Assert.Contains(fixture.Store.Logged, static line => line.EndsWith("compaction failed and is tried again later; the log is as it was", StringComparison.Ordinal));
        Assert.DoesNotContain(fixture.Store.Logged, static line => line.Contains("left alone", StringComparison.Ordinal));
        isBad = false;
        Assert.Equal(before, fixture.Records());

        fixture.Store.Time.Advance(TimeSpan.FromMinutes(2));
        fixture.Compact();
        var last = before.GroupBy(static record => record.Split(' ', '=')[1] + record.Split(' ', '=')[2]).Select(static group => group.Last()).ToList();
        var after = fixture.Records();
        Assert.Empty(after.Except(before));
        Assert.Empty(last.Except(after));
        Assert.True(after.Count < before.Count, "Nothing was compacted.");
    }
}
