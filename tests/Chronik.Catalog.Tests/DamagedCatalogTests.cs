using Chronik.Storage.IO;

namespace Chronik.Catalog.Tests;

/// <summary>A catalog whose files are damaged is refused with a sentence, never shown with something missing.</summary>
public sealed class DamagedCatalogTests : IDisposable
{
    private readonly CatalogFile _file = new();

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    public async Task A_file_that_is_gone_or_empty_is_not_taken_for_a_new_catalog(string part)
    {
        foreach (var isEmpty in (bool[])[true, false])
        {
            using var killed = await KilledAsync();
            if (isEmpty)
                await File.WriteAllBytesAsync(killed.Path + part, []);
            else
                File.Delete(killed.Path + part);
            var e = await Assert.ThrowsAsync<CatalogException>(killed.ReadAsync);
            Assert.StartsWith($"The catalog {killed.Path} ", e.Message, StringComparison.Ordinal);
            Assert.EndsWith("or run `chronik-server catalog repair`, which keeps it aside and takes the topics from their folders.", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_flipped_bit_that_SQLite_does_not_see_is_refused()
    {
        await FillAsync();
        var bytes = await File.ReadAllBytesAsync(_file.Path);

        // In the table and in the index of it.
        for (var at = bytes.AsSpan().IndexOf("orders"u8); at >= 0; at = bytes.AsSpan().IndexOf("orders"u8))
            bytes[at] ^= 1;
        await File.WriteAllBytesAsync(_file.Path, bytes);
        var e = await Assert.ThrowsAsync<CatalogException>(_file.ReadAsync);
        Assert.Contains("is damaged, or another program changed it: page ", e.Message, StringComparison.Ordinal);

        // Whoever knows better has it taken as it is.
        Assert.Equal("nrders", Assert.Single((await CatalogRepair.TrustAsync(_file.Path, new Random(1), TaskScheduler.Default)).Topics).Name);
        Assert.Equal("nrders", Assert.Single((await _file.ReadAsync()).Topics).Name);
    }

    [Fact]
    public async Task A_commit_that_another_followed_is_missed_in_the_write_ahead_log()
    {
        using var killed = await KilledAsync();
        var wal = await File.ReadAllBytesAsync(killed.Path + "-wal");
        wal[wal.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(killed.Path + "-wal", wal);
        var e = await Assert.ThrowsAsync<CatalogException>(killed.ReadAsync);
        Assert.Contains("write-ahead log", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kill_before_the_first_change_is_no_damage()
    {
        await FillAsync();
        await using var catalog = _file.New();
        await catalog.LoadAsync();
        using var killed = Copy();
        Assert.Equal("orders", Assert.Single((await killed.ReadAsync()).Topics).Name);
    }

    [Fact]
    public async Task Sums_that_are_damaged_or_missing_do_no_harm_and_come_back()
    {
        foreach (var content in (byte[]?[])[null, [], [1, 2, 3], new byte[500]])
        {
            await FillAsync();
            File.Delete(_file.Path + "-sums");
            if (content is not null)
                await File.WriteAllBytesAsync(_file.Path + "-sums", content);
            Assert.Equal("orders", Assert.Single((await _file.ReadAsync()).Topics).Name);
            Assert.Null(CatalogRepair.FindDamage(new RealFileSystem(), _file.Path));
            File.Delete(_file.Path);
            Assert.Contains("is missing", CatalogRepair.FindDamage(new RealFileSystem(), _file.Path), StringComparison.Ordinal);
            File.Delete(_file.Path + "-sums");
        }
    }

    [Fact]
    public async Task A_rebuilt_catalog_is_of_the_same_cluster_gives_no_producer_id_twice_and_keeps_the_old_files()
    {
        await FillAsync();
        var before = await _file.ReadAsync();
        var old = new byte[5000];
        await File.WriteAllBytesAsync(_file.Path, old);
        await Assert.ThrowsAsync<CatalogException>(_file.ReadAsync);

        var aside = await CatalogRepair.RebuildAsync(new RealFileSystem(), _file.Path, new Random(9), TaskScheduler.Default);

        Assert.Equal(old, await File.ReadAllBytesAsync(aside));
        var after = await _file.ReadAsync();
        Assert.Equal(before.ClusterId, after.ClusterId);
        Assert.Empty(after.Topics);
        Assert.True(after.NextProducerId >= before.NextProducerId + 1000);
        await File.WriteAllBytesAsync(_file.Path, old);
        Assert.NotEqual(aside, await CatalogRepair.RebuildAsync(new RealFileSystem(), _file.Path, new Random(9), TaskScheduler.Default));
    }

    [Fact]
    public async Task Checkpoints_keep_the_sums_in_step()
    {
        await using (var catalog = _file.New())
        {
            await catalog.LoadAsync();
            for (var i = 0; i < 40; i++)
            {
                await catalog.WriteAsync([.. Enumerable.Range(0, 100).Select(n => new ConfigSet(new ConfigResource(2, $"t{n}"), $"name{i}", new string('x', i)))]);
                using var killed = Copy();
                Assert.Equal(100 * (i + 1), (await killed.ReadAsync()).Configs.Count);
            }
        }

        Assert.Equal(4000, (await _file.ReadAsync()).Configs.Count);
        Assert.False(File.Exists(_file.Path + "-wal"));
    }

    private async Task FillAsync()
    {
        await using var catalog = _file.New();
        await catalog.LoadAsync();
        await catalog.WriteAsync(new TopicCreated(new TopicRow(CatalogFile.Id(1), "orders", 3)), new ProducerIdsTaken(5000));
    }

    // With some commits in the write-ahead log.
    private async Task<CatalogFile> KilledAsync()
    {
        await using var catalog = _file.New();
        await catalog.LoadAsync();
        for (var i = 0; i < 9; i++)
            await catalog.WriteAsync(new ConfigSet(new ConfigResource(2, "orders"), "retention.ms", $"{i}"));
        return Copy();
    }

    private CatalogFile Copy()
    {
        var copy = new CatalogFile();
        foreach (var part in (string[])["", "-wal", "-sums"])
        {
            if (File.Exists(_file.Path + part))
                File.Copy(_file.Path + part, copy.Path + part);
        }

        return copy;
    }
}
