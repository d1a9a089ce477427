using System.Runtime.InteropServices;
using Chronik.Storage.IO;

namespace Chronik.Benchmarks.Commits;

/// <summary>The files of another, where each sync takes as long as it is told, and is counted.</summary>
internal sealed partial class SlowFileSystem(IFileSystem inner, TimeSpan syncTime) : ForwardingFileSystem(inner)
{
    private long _syncs;

    /// <summary>Syncs so far, of single files and of everything.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    public override IFile Open(string path, FileOpenKind kind) => new SlowFile(this, Inner.Open(path, kind));

    public override IFileSystemSync? OpenSync(string directory) => new SlowSync(this);

    private void Sync()
    {
        Interlocked.Increment(ref _syncs);
        _ = usleep((uint)syncTime.TotalMicroseconds);
    }

    [LibraryImport("libc")]
    private static partial int usleep(uint microseconds);

    private sealed class SlowSync(SlowFileSystem owner) : IFileSystemSync
    {
        public void Sync() => owner.Sync();

        public void Dispose()
        {
        }
    }

    private sealed class SlowFile(SlowFileSystem owner, IFile file) : ForwardingFile(file)
    {
        public override void Sync() => owner.Sync();
    }
}
