using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.IO;

/// <summary>A file of the operating system.</summary>
internal sealed class RealFile(SafeFileHandle handle, string path) : IFile
{
    public string Path { get; } = path;

    public long Length => RandomAccess.GetLength(handle);

    public SafeFileHandle Handle => handle;

    public int Read(Span<byte> destination, long position)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination[total..], position + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> source, long position) => RandomAccess.Write(handle, source, position);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Sync() => DurableFile.SyncFile(handle, Path);

    public void CheckWrittenBack() => DurableFile.CheckWrittenBack(handle, Path);

    public void DropCache() => DurableFile.DropCache(handle);

    public void Dispose() => handle.Dispose();
}
