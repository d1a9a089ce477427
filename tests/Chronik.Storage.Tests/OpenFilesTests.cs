using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

public sealed class OpenFilesTests
{
    private const int Emfile = 24;
    private readonly CountingFileSystem _files = new();

    [Fact]
    public void No_more_files_are_open_than_the_bound_says()
    {
        var open = new OpenFiles(_files, 3);

        var files = Enumerable.Range(0, 10).Select(i => Clean(open, $"/f{i}")).ToList();

        Assert.Equal((3, 3), (open.Count, _files.OpenCount));
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(i, ByteOf(files[i])));
        Assert.Equal((3, 3), (open.Count, _files.OpenCount));
    }

    [Fact]
    public void What_was_used_lately_stays_open()
    {
        var open = new OpenFiles(_files, 8);
        Clean(open, "/first");
        var used = Clean(open, "/used");
        for (var i = 0; i < 50; i++)
        {
            Clean(open, $"/f{i}");
            ByteOf(used);
        }

        Assert.Equal(1, _files.OpensOf("/used"));
    }

    [Fact]
    public void A_file_with_unsynced_bytes_is_never_closed()
    {
        var open = new OpenFiles(_files, 2);
        var dirty = Clean(open, "/dirty");
        dirty.Write("x"u8, 1);
        for (var i = 0; i < 20; i++)
            Clean(open, $"/f{i}");

        dirty.Sync();
        Assert.Equal(1, _files.OpensOf("/dirty"));

        for (var i = 0; i < 20; i++)
            Clean(open, $"/g{i}");
        Assert.Equal((byte)'x', ByteOf(dirty, 1));
        Assert.Equal(2, _files.OpensOf("/dirty"));
    }

    [Fact]
    public void A_file_whose_sync_failed_is_not_closed_either()
    {
        var memory = new InMemoryFileSystem();
        var counting = new CountingFileSystem(new FaultyFileSystem(
            memory, (operation, path) => operation == FileOperation.Sync && path == "/bad" ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null));
        var open = new OpenFiles(counting, 2);
        var bad = open.Open("/bad", FileOpenKind.CreateOrTruncate);
        bad.Write("x"u8, 0);
        Assert.Throws<IOException>(bad.Sync);
        for (var i = 0; i < 20; i++)
            Clean(open, $"/f{i}");

        Assert.Equal('x', (char)ByteOf(bad));
        Assert.Equal(1, counting.OpensOf("/bad"));
    }

    [Fact]
    public void A_file_that_was_there_already_is_closed_like_any_other()
    {
        var earlier = new OpenFiles(_files, 100);
        for (var i = 0; i < 20; i++)
            Clean(earlier, $"/f{i}").Dispose();
        var open = new OpenFiles(_files, 3);

        var files = Enumerable.Range(0, 20).Select(i => open.Open($"/f{i}", FileOpenKind.OpenOrCreate)).ToList();

        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(i, ByteOf(files[i])));
        Assert.Equal((3, 3), (open.Count, _files.OpenCount));
    }

    [Fact]
    public void A_sync_does_not_cover_what_is_written_while_it_runs()
    {
        var open = new OpenFiles(_files, 2);
        var file = (CachedFile)Clean(open, "/f");
        file.Write("x"u8, 0);
        var before = file.Writes;
        file.Write("y"u8, 0);

        file.MarkSynced(before);

        Assert.True(file.IsDirty);
        file.MarkSynced(file.Writes);
        Assert.False(file.IsDirty);
    }

    [Fact]
    public void A_pinned_file_stays_open_and_the_same()
    {
        var open = new OpenFiles(_files, 2);
        var file = Clean(open, "/pinned");
        var inner = file.Pin();
        for (var i = 0; i < 20; i++)
            Clean(open, $"/f{i}");

        Assert.Same(inner, file.Pin());
        Assert.Equal(1, _files.OpensOf("/pinned"));
    }

    [Fact]
    public void A_renamed_file_is_found_under_its_new_name()
    {
        var open = new OpenFiles(_files, 1);
        var file = Clean(open, "/old", 7);
        file.Rename(open, "/new");
        Clean(open, "/old", 9);
        Clean(open, "/other");

        Assert.Equal(7, ByteOf(file));
        Assert.Equal("/new", file.Path);
    }

    [Fact]
    public void When_the_system_has_no_more_files_some_are_closed_and_it_goes_on()
    {
        var told = 0;
        var open = new OpenFiles(_files, 100) { OnPressure = error => told += error?.HResult == Emfile ? 1 : 0 };
        _files.OpenMax = 8;

        var files = Enumerable.Range(0, 30).Select(i => Clean(open, $"/f{i}")).ToList();

        Assert.All(Enumerable.Range(0, 30), i => Assert.Equal(i, ByteOf(files[i])));
        Assert.InRange(_files.OpenCount, 1, 8);
        Assert.True(told > 0);
    }

    [Fact]
    public void Closing_gives_everything_back()
    {
        var open = new OpenFiles(_files, 4);
        var files = Enumerable.Range(0, 10).Select(i => Clean(open, $"/f{i}")).ToList();

        files.ForEach(file => file.Dispose());

        Assert.Equal((0, 0), (open.Count, _files.OpenCount));
        Assert.All(files, file => Assert.Throws<ObjectDisposedException>(() => ByteOf(file)));
    }

    [Fact]
    public async Task Many_threads_that_share_few_handles_read_what_was_written()
    {
        const int Files = 16, Threads = 4, Rounds = 4000;
        var open = new OpenFiles(_files, 3);
        var files = Enumerable.Range(0, Files).Select(i => Clean(open, $"/f{i}")).ToList();

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(thread);
                for (var round = 0; round < Rounds; round++)
                {
                    var i = random.Next(Files);
                    Assert.Equal(i, ByteOf(files[i]));
                    if (random.Next(10) != 0)
                        continue;
                    files[i].Write([(byte)i], 0);
                    files[i].Sync();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.InRange(_files.OpenCount, 1, 3 + Threads);
        Assert.Equal(open.Count, _files.OpenCount);
    }

    [Fact]
    public void Hundreds_of_partitions_work_with_few_files()
    {
        const int Partitions = 200, FilesMax = 8;
        var fixture = new StoreFixture { OpenFilesMax = FilesMax, Config = new LogConfig { SegmentBytesMax = 300, IndexIntervalBytes = 1 } };
        var store = fixture.Open();
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < Partitions; i++)
            {
                var appended = fixture.LogOf(store, i).Append(Batches.Of($"{round} of {i}"), AppendOrigin.Client);
                Assert.Equal((ErrorCode.None, (long)round), (appended.Error, appended.BaseOffset));
            }

            fixture.Scheduler.RunAll();
        }

        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        fixture.Scheduler.RunAll();
        for (var i = 0; i < Partitions; i++)
        {
            var read = fixture.LogOf(store, i).Read(2, 1000, ReadBound.HighWatermark, atLeastOneBatch: true);
            Assert.Contains($"2=2 of {i}", Batches.ValuesOf(read.Records));
        }

        // Those that a checkpoint has not synced are not closed, so the bound is looked at after one.
        Assert.InRange(store.OpenFileCount, 1, FilesMax);
    }

    [Fact]
    public void A_segment_that_is_deleted_under_a_reader_is_read_to_its_end()
    {
        var fixture = new StoreFixture { OpenFilesMax = 1, Config = new LogConfig { SegmentBytesMax = 300, RetentionBytes = 300 } };
        var log = fixture.OpenLog();
        for (var i = 0; i < 20; i++)
            log.Append(Batches.Of($"value {i} {new string('x', 100)}"), AppendOrigin.Client);
        fixture.Scheduler.RunAll();
        var read = log.Read(0, 10_000, ReadBound.HighWatermark, atLeastOneBatch: true);

        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        fixture.Scheduler.RunAll();

        Assert.True(log.LogStartOffset > 10);
        Assert.StartsWith("0=value 0", Batches.ValuesOf(read.Records)[0], StringComparison.Ordinal);
    }

    private static IFile Clean(OpenFiles open, string path, int? content = null)
    {
        var file = open.Open(path, FileOpenKind.CreateOrTruncate);
        file.Write([(byte)(content ?? (path[^1] - '0' + (path.Length > 3 ? 10 * (path[^2] - '0') : 0)))], 0);
        file.Sync();
        return file;
    }

    private static int ByteOf(IFile file, long position = 0)
    {
        Span<byte> content = stackalloc byte[1];
        Assert.Equal(1, file.Read(content, position));
        return content[0];
    }
}
