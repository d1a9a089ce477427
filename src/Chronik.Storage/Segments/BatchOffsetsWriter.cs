using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.IO;

namespace Chronik.Storage.Segments;

/// <summary>Writes the <see cref="BatchOffsets"/> of a segment, a block at a time, while its batches are written.</summary>
internal sealed class BatchOffsetsWriter : IDisposable
{
    private readonly IFile _file;
    private readonly long _baseOffset;
    private readonly byte[] _block = new byte[BatchOffsets.BlockBytes];
    private int _count;
    private int _inBlock;

    /// <param name="files">The files.</param>
    /// <param name="path">Under which name; nobody may be reading there.</param>
    /// <param name="baseOffset">Of the segment.</param>
    public BatchOffsetsWriter(IFileSystem files, string path, long baseOffset)
    {
        _baseOffset = baseOffset;
        _file = files.Open(path, FileOpenKind.CreateOrTruncate);
    }

    /// <summary>Takes the next batch of the segment.</summary>
    public void Add(RecordBatchView header, int position)
    {
        var entry = _block.AsSpan(BatchOffsets.CrcBytes + (_inBlock * BatchOffsets.EntryBytes), BatchOffsets.EntryBytes);
        BinaryPrimitives.WriteInt32BigEndian(entry, (int)(header.BaseOffset - _baseOffset));
        BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
        BinaryPrimitives.WriteUInt32BigEndian(entry[8..], header.Crc);
        _count++;
        if (++_inBlock == BatchOffsets.BlockEntries)
            WriteBlock();
    }

    /// <summary>Takes all batches of a log file that is whole, and finishes.</summary>
    public void WriteAll(IFile log)
    {
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var walk = new HeaderWalk(log, 0, (int)Math.Min(log.Length, int.MaxValue), buffer);
        while (walk.MoveNext())
            Add(walk.Header, walk.Position);
        Finish();
    }

    /// <summary>Writes the rest; the file is whole and durable then, its name when the folder is synced.</summary>
    public void Finish()
    {
        if (_inBlock > 0)
            WriteBlock();
        Span<byte> header = stackalloc byte[BatchOffsets.HeaderBytes];
        BinaryPrimitives.WriteInt32BigEndian(header[4..], BatchOffsets.Version);
        BinaryPrimitives.WriteInt64BigEndian(header[8..], _baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(header[16..], _count);
        BinaryPrimitives.WriteUInt32BigEndian(header, Crc32C.Compute(header[BatchOffsets.CrcBytes..]));
        _file.Write(header, 0);
        _file.Sync();
    }

    public void Dispose() => _file.Dispose();

    private void WriteBlock()
    {
        var block = (_count - 1) / BatchOffsets.BlockEntries;
        var bytes = _block.AsSpan(0, BatchOffsets.CrcBytes + (_inBlock * BatchOffsets.EntryBytes));
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BatchOffsets.CrcOf(_baseOffset, block, bytes[BatchOffsets.CrcBytes..]));
        _file.Write(bytes, BatchOffsets.HeaderBytes + ((long)block * BatchOffsets.BlockBytes));
        _inBlock = 0;
    }
}
