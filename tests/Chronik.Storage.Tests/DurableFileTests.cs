using Chronik.Storage.IO;
using Chronik.TestKit;

namespace Chronik.Storage.Tests;

public sealed class DurableFileTests
{
    [Fact]
    public void Files_folders_and_the_file_system_are_synced()
    {
        using var folder = new TemporaryFolder();
        var files = new RealFileSystem();
        using var file = files.Open(folder.PathOf("a"), FileOpenKind.CreateOrTruncate);
        file.Write("abc"u8, 0);
        file.Sync();
        file.CheckWrittenBack();
        files.SyncDirectory(folder.FullName);
        using var sync = files.OpenSync(folder.FullName);
        sync?.Sync();
        Assert.Equal(3, file.Length);
    }

    [Fact]
    public void A_file_that_cannot_be_synced_is_an_error_with_its_errno()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux refuses to sync a pipe; other systems differ.");
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        const int Einval = 22;
        Assert.Equal(Einval, Assert.Throws<IOException>(() => DurableFile.SyncFile(handle, "pipe")).HResult);
        const int Espipe = 29;
        Assert.Equal(Espipe, Assert.Throws<IOException>(() => DurableFile.CheckWrittenBack(handle, "pipe")).HResult);
    }

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_synced() =>
        Assert.Throws<IOException>(() => DurableFile.SyncDirectory("/nowhere/at/all"));

    [Fact]
    public void A_lock_is_held_by_one_and_free_when_it_is_given_back()
    {
        using var folder = new TemporaryFolder();
        var files = new RealFileSystem();
        using (files.TryLock(folder.PathOf(".lock")))
            Assert.Null(files.TryLock(folder.PathOf(".lock")));
        using var again = files.TryLock(folder.PathOf(".lock"));
        Assert.NotNull(again);
    }
}
