using Chronik.Catalog.Sqlite;
using Chronik.Storage.IO;
using Microsoft.Data.Sqlite;

namespace Chronik.Catalog.Tests;

/// <summary>What a write-ahead log holds behind the end that SQLite sees.</summary>
public sealed class WalFramesTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int FrameBytes = PageBytes + 24;
    private const int HeaderBytes = 32;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chronik-wal-");

    private string Database => Path.Combine(_folder.FullName, "a.db");

    // Tries whose syncs failed, each shorter than the one before, and then one that succeeded.
    [Fact]
    public void What_failed_commits_left_behind_the_last_one_is_no_lost_commit()
    {
        var begun = Begin();
        var (first, second, third) = (After(begun, pages: 12), After(begun, pages: 7), After(begun, pages: 3));
        Assert.True(first.Length > second.Length && second.Length > third.Length);
        byte[] wal = [.. third, .. second[third.Length..], .. first[second.Length..]];

        var frames = Read(wal);
        Assert.False(frames.HasLostCommits);
        Assert.Equal(Read(third).Pages, frames.Pages);
    }

    [Theory]
    [InlineData(8, "a salt")]
    [InlineData(16, "the checksum")]
    [InlineData(24 + 100, "the page")]
    public void A_commit_that_another_followed_is_lost_where_one_bit_of_it_flipped(int at, string what)
    {
        var wal = After(After(Begin(), pages: 1), pages: 2);
        var lost = false;
        for (var frame = HeaderBytes; frame < wal.Length - (2 * FrameBytes); frame += FrameBytes)
        {
            wal[frame + at] ^= 1;
            lost |= Read(wal).HasLostCommits;
            wal[frame + at] ^= 1;
        }

        Assert.True(lost, what);
        Assert.False(Read(wal).HasLostCommits);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Snapshot(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    // A log of some commits, and the database beside it.
    private byte[] Begin()
    {
        using var connection = Open(Database);
        Run(connection, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)");
        Run(connection, "INSERT INTO t(v) VALUES (zeroblob(10))");
        File.Copy(Database, Database + ".begun");
        return Snapshot(Database + "-wal");
    }

    // The log when one more transaction of so many pages is committed.
    private byte[] After(byte[] wal, int pages)
    {
        var copy = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.db");
        File.Copy(Database + ".begun", copy);
        File.WriteAllBytes(copy + "-wal", wal);
        using var connection = Open(copy);
        Run(connection, $"PRAGMA wal_autocheckpoint=0; INSERT INTO t(v) VALUES (randomblob({pages * PageBytes}))");
        return Snapshot(copy + "-wal");
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private WalFrames Read(byte[] wal)
    {
        var path = Path.Combine(_folder.FullName, "read-wal");
        File.WriteAllBytes(path, wal);
        return WalFrames.Read(new RealFileSystem(), path);
    }
}
