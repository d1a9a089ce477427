using System.Buffers;
using Chronik.Records;
using Chronik.Storage.IO;

namespace Chronik.Storage.Verification;

/// <summary>Reads a file through one window, from front to back: memory does not grow with what the file claims.</summary>
/// <param name="file">The file.</param>
/// <param name="length">Its length when the reading began.</param>
/// <param name="stepsOverUnreadable">Whether zeros stand for what cannot be read (<see cref="IsUnreadable"/>); else reading it fails.</param>
internal sealed class FileWindow(IFile file, long length, bool stepsOverUnreadable = false) : IDisposable
{
    public const int Bytes = 1 << 20;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length, 1, Bytes));
    private readonly SectorReader? _sectors = stepsOverUnreadable ? new SectorReader(file) : null;
    private long _start;
    private int _count;

    public string Path => file.Path;

    /// <summary>As it was when the reading began.</summary>
    public long Length => length;

    /// <summary>What the system said when bytes could not be read.</summary>
    public string? ReadError => _sectors?.Error?.Message;

    /// <summary>Whether some of these bytes were looked at and could not be read.</summary>
    public bool IsUnreadable(long position, long end) => _sectors?.Overlaps(position, end) == true;

    /// <summary>As many of the wanted bytes as the window can hold and the file has.</summary>
    public ReadOnlySpan<byte> At(long position, int wanted)
    {
        wanted = (int)Math.Min(Math.Min(wanted, Bytes), length - position);
        if (wanted <= 0)
            return default;
        if (position < _start || position + wanted > _start + _count)
            Fill(position);
        return _buffer.AsSpan((int)(position - _start), Math.Min(wanted, _count - (int)(position - _start)));
    }

    /// <summary>The CRC-32C of a range, however long.</summary>
    public uint Crc(long position, long count)
    {
        uint crc = 0;
        while (count > 0)
        {
            if (position < _start || position >= _start + _count)
                Fill(position);
            var part = _buffer.AsSpan((int)(position - _start), (int)Math.Min(count, _start + _count - position));
            if (part.IsEmpty)
                throw new EndOfStreamException($"{file.Path} became shorter while it was read.");
            crc = Crc32C.Append(crc, part);
            position += part.Length;
            count -= part.Length;
        }

        return crc;
    }

    /// <summary>A whole range in memory of its own; for batches whose checksum is right.</summary>
    public byte[] Copy(long position, int count)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(count);
        return file.Read(bytes, position) == count ? bytes : throw new EndOfStreamException($"{file.Path} became shorter while it was read.");
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Fill(long position)
    {
        _start = position;
        var wanted = _buffer.AsSpan(0, (int)Math.Min(Bytes, length - position));
        _count = _sectors?.Read(wanted, position) ?? file.Read(wanted, position);
    }
}
