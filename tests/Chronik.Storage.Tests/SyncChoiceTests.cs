using Chronik.Storage.Log;
using Chronik.TestKit;

namespace Chronik.Storage.Tests;

public sealed class SyncChoiceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SyncChoice _choice;

    public SyncChoiceTests() => _choice = new SyncChoice(_time);

    [Fact]
    public void Until_both_ways_are_measured_four_files_are_enough_for_the_whole_file_system()
    {
        Assert.False(_choice.PrefersFileSystem(3));
        Assert.True(_choice.PrefersFileSystem(4));
        SyncFiles(1, ms: 1);
        Assert.True(_choice.PrefersFileSystem(4));
        Assert.False(_choice.PrefersFileSystem(1));
    }

    [Fact]
    public void The_way_that_took_less_time_is_taken()
    {
        SyncFiles(2, ms: 2);
        SyncFileSystem(8, ms: 5);
        Assert.True(_choice.PrefersFileSystem(8));
        for (var i = 0; i < 20; i++)
            SyncFileSystem(8, ms: 50);
        Assert.False(_choice.PrefersFileSystem(8));
        Assert.True(_choice.PrefersFileSystem(1_000));
    }

    [Fact]
    public void The_way_that_was_too_slow_is_tried_again_for_a_hundredth_of_the_time()
    {
        SyncFiles(2, ms: 2);
        SyncFileSystem(8, ms: 100);
        SyncFiles(8, ms: 8);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(_choice.PrefersFileSystem(8));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_choice.PrefersFileSystem(8));
        for (var i = 0; i < 20; i++)
            SyncFileSystem(8, ms: 1);
        SyncFiles(8, ms: 8);
        Assert.True(_choice.PrefersFileSystem(8));
    }

    [Fact]
    public void Files_are_tried_one_by_one_again_too()
    {
        SyncFiles(2, ms: 20);
        SyncFileSystem(8, ms: 5);
        Assert.True(_choice.PrefersFileSystem(8));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.False(_choice.PrefersFileSystem(8));
        SyncFiles(8, ms: 8);
        Assert.True(_choice.PrefersFileSystem(8));
    }

    private void SyncFiles(int files, int ms)
    {
        var started = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(ms));
        _choice.OnFilesSynced(files, started);
    }

    private void SyncFileSystem(int files, int ms)
    {
        var started = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(ms));
        _choice.OnFileSystemSynced(files, started);
    }
}
