using Chronik.Catalog.Sqlite;

namespace Chronik.Catalog.Tests;

public sealed class CatalogFailureTests : IDisposable
{
    private readonly CatalogFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Acknowledged_changes_survive_a_copy_of_the_files_taken_without_closing()
    {
        using var copy = new CatalogFile();
        await using var catalog = _file.New();
        await catalog.LoadAsync();
        await catalog.WriteAsync(new TopicCreated(new TopicRow(CatalogFile.Id(1), "a", 1)));

        foreach (var suffix in (string[])["", "-wal"])
            File.Copy(_file.Path + suffix, copy.Path + suffix);

        Assert.Equal("a", Assert.Single((await copy.ReadAsync()).Topics).Name);
    }

    [Fact]
    public async Task A_torn_end_of_the_write_ahead_log_loses_only_what_was_not_acknowledged()
    {
        using var copy = new CatalogFile();
        await using var catalog = _file.New();
        await catalog.LoadAsync();
        await catalog.WriteAsync(new TopicCreated(new TopicRow(CatalogFile.Id(1), "a", 1)));
        var acknowledged = new FileInfo(_file.Path + "-wal").Length;
        await catalog.WriteAsync(new TopicCreated(new TopicRow(CatalogFile.Id(2), "b", 1)));
        File.Copy(_file.Path, copy.Path);
        File.Copy(_file.Path + "-wal", copy.Path + "-wal");
        using (var wal = File.OpenWrite(copy.Path + "-wal"))
            wal.SetLength(acknowledged + 100);

        Assert.Equal("a", Assert.Single((await copy.ReadAsync()).Topics).Name);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_with_a_sentence()
    {
        await File.WriteAllTextAsync(_file.Path, new string('x', 8192));
        await using var catalog = _file.New();

        var e = await Assert.ThrowsAsync<CatalogException>(catalog.LoadAsync);

        Assert.StartsWith($"The catalog {_file.Path} is damaged or is no SQLite database. Bring it back from a backup", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_named()
    {
        await using var catalog = new SqliteCatalog(Path.Combine(_file.Path, "x", "catalog.db"), new Random(1), TaskScheduler.Default);

        var e = await Assert.ThrowsAsync<CatalogException>(catalog.LoadAsync);

        Assert.EndsWith("cannot be opened: check that its folder exists and may be written.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_fails_the_change_and_the_next_one_works_when_there_is_room()
    {
        await using var catalog = _file.New();
        await catalog.LoadAsync();
        var pages = new SqlStatement(catalog.Connection, "PRAGMA max_page_count = 20");
        pages.Run();
        pages.Dispose();

        var e = await Assert.ThrowsAsync<CatalogException>(
            () => catalog.WriteAsync(new GroupSaved("g", GroupKind.Classic, new byte[1_000_000])));
        await catalog.WriteAsync(new GroupSaved("h", GroupKind.Classic, new byte[10]));

        Assert.Equal($"The disk that holds the catalog {_file.Path} is full.", e.Message);
        await catalog.DisposeAsync();
        Assert.Equal("h", Assert.Single((await _file.ReadAsync()).Groups).GroupId);
    }

    [Fact]
    public async Task A_catalog_of_a_newer_program_is_refused_and_left_alone()
    {
        await _file.ReadAsync();
        _file.Execute("INSERT INTO schema_version (version) VALUES (999)");
        await using var catalog = _file.New();

        var e = await Assert.ThrowsAsync<CatalogException>(catalog.LoadAsync);

        Assert.StartsWith("The catalog was written by a newer Chronik: its schema is 999", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_locked_by_another_program_fails_the_change_with_a_sentence()
    {
        await using var catalog = new SqliteCatalog(_file.Path, new Random(1), TaskScheduler.Default) { BusyTimeoutSeconds = 1 };
        await catalog.LoadAsync();
        using var other = _file.Connect();
        using var command = other.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();

        var e = await Assert.ThrowsAsync<CatalogException>(() => catalog.WriteAsync(new GroupDeleted("g")));

        Assert.Equal($"Another program holds the catalog {_file.Path} locked.", e.Message);
    }

    [Fact]
    public async Task Writing_before_loading_or_after_closing_is_refused()
    {
        var catalog = _file.New();
        await Assert.ThrowsAsync<CatalogException>(() => catalog.WriteAsync(new GroupDeleted("g")));
        await catalog.LoadAsync();
        await catalog.DisposeAsync();
        await Assert.ThrowsAsync<CatalogException>(() => catalog.WriteAsync(new GroupDeleted("g")));
    }
}
