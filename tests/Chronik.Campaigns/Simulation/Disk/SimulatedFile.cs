using Chronik.Storage.IO;
using Microsoft.Win32.SafeHandles;

namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>A file that a process has open.</summary>
internal sealed class SimulatedFile(SimulatedFileSystem files, FileNode node, string path, bool isWritable) : IFile
{
    // A file opened after an error that nobody was told of tells it again (Linux's errseq).
    private int _errorsSeen = node.IsErrorSeen ? node.Errors : node.Errors - 1;
    private bool _isClosed;

    public string Path => path;

    public long Length
    {
        get
        {
            RequireOpen();
            return node.Length;
        }
    }

    public SafeFileHandle? Handle => null;

    public int Read(Span<byte> destination, long position)
    {
        RequireOpen();
        var error = files.Disk.Ask(files.Life, DiskOperation.Read, path, position);
        return error == 0 ? node.Read(destination, position) : throw SimulatedFileSystem.Failure(DiskOperation.Read, path, error);
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        RequireWritable();
        var error = files.Disk.Ask(files.Life, DiskOperation.Write, path, position, source);
        if (error == 0)
        {
            node.Write(source, position);
            return;
        }

        // Part of it may be written.
        node.Write(source[..files.Disk.PartOf(source.Length)], position);
        throw SimulatedFileSystem.Failure(DiskOperation.Write, path, error);
    }

    public void SetLength(long length)
    {
        RequireWritable();
        files.Demand(DiskOperation.SetLength, path, length);
        if (files.Disk.Faults.Lie != DiskLie.Cuts || length >= node.Length)
            node.SetLength(length);
    }

    public void Sync()
    {
        RequireOpen();
        var disk = files.Disk;
        var error = disk.Ask(files.Life, DiskOperation.Sync, path);
        if (error < 0)
            throw SimulatedFileSystem.Failure(DiskOperation.Sync, path, error);
        if (disk.Faults.Lie == DiskLie.FileSync)
            return;
        if (error != 0 && disk.Faults.AreSyncsRefused && disk.Faults.Lie != DiskLie.SyncErrors)
            throw SimulatedFileSystem.Failure(DiskOperation.Sync, path, error);
        if (error == 0)
            node.Sync();
        else
            disk.FailToWriteBack(node);
        TellErrors();
    }

    // Makes nothing durable.
    public void CheckWrittenBack()
    {
        RequireOpen();
        TellErrors();
    }

    public void DropCache()
    {
        RequireOpen();
        if (files.Disk.Faults.Lie != DiskLie.DropCache)
            node.Evict();
    }

    public void Dispose() => _isClosed = true;

    private void RequireOpen()
    {
        files.Disk.RequireAlive(files.Life);
        ObjectDisposedException.ThrowIf(_isClosed, this);
    }

    private void RequireWritable()
    {
        RequireOpen();
        if (!isWritable)
            throw new UnauthorizedAccessException($"{path} was opened for reading.");
    }

    private void TellErrors()
    {
        if (node.Errors == _errorsSeen)
            return;
        _errorsSeen = node.Errors;
        node.IsErrorSeen = true;
        if (files.Disk.Faults.Lie != DiskLie.SyncErrors)
            throw SimulatedFileSystem.Failure(DiskOperation.Sync, path, DiskFaults.Eio);
    }
}
