using System.Diagnostics.CodeAnalysis;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.Segments;

/// <summary>
/// Record batches where they lie in a segment's file. The segment, even when it is deleted meanwhile, stays open until this
/// is disposed. The last batch may be cut short by a read's size bound, as Kafka's fetches cut it.
/// </summary>
public sealed class FileRegion : ExternalRecords
{
    private Segment? _segment;
    private readonly IFile _file;

    /// <summary>Takes a lease over from the caller, also when it fails.</summary>
    internal FileRegion(Segment segment, int position, int length)
    {
        try
        {
            _file = segment.File.Pin();
        }
        catch
        {
            segment.Release();
            throw;
        }

        _segment = segment;
        Position = position;
        Length = length;
    }

    /// <summary>Where it starts in the file.</summary>
    public long Position { get; }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <summary>The file for sendfile, valid until disposal; null where it is not one of the operating system.</summary>
    public SafeFileHandle? Handle => File.Handle;

    /// <inheritdoc/>
    public override bool TryGetFile([NotNullWhen(true)] out SafeFileHandle? file, out long offset)
    {
        file = Handle;
        offset = Position;
        return file is not null;
    }

    private IFile File => _segment is null ? throw new ObjectDisposedException(nameof(FileRegion)) : _file;

    /// <inheritdoc/>
    public override void CopyTo(int position, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Length);
        var wanted = destination[..Math.Min(destination.Length, Length - position)];
        if (File.Read(wanted, Position + position) != wanted.Length)
            throw new EndOfStreamException($"{File.Path} is shorter than what was written to it.");
    }

    /// <summary>Which bytes of which file they are.</summary>
    public override string ToString() => $"{_file.Path}, bytes {Position} to {Position + Length}";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing || Interlocked.Exchange(ref _segment, null) is not { } segment)
            return;
        segment.File.Unpin();
        segment.Release();
    }
}
