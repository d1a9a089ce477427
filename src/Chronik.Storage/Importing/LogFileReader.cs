using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.IO;

namespace Chronik.Storage.Importing;

/// <summary>
/// Reads a log file batch by batch, from its begin to its end, and checks every checksum. What is no valid batch is
/// stepped over and told.
/// </summary>
public sealed class LogFileReader : IDisposable
{
    private const int WindowBytes = 1 << 20;
    private const int BatchLengthAt = 8;
    private const int MagicAt = 16;
    private readonly IFile _file;
    private readonly long _length;
    private byte[] _window = new byte[WindowBytes];
    private long _windowStart;
    private int _windowLength;
    private long _next;

    /// <summary>Opens a file; its length is what it is now.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public LogFileReader(IFileSystem files, string path)
    {
        ArgumentNullException.ThrowIfNull(files);
        _file = files.Open(path, FileOpenKind.Read);
        _length = _file.Length;
    }

    /// <summary>Where the batch at hand, or the damage, begins in the file.</summary>
    public long Position { get; private set; }

    /// <summary>Where it ends.</summary>
    public long End => _next;

    /// <summary>True where the bytes at hand are no valid batch.</summary>
    public bool IsDamage { get; private set; }

    /// <summary>The batch at hand, valid until the next call of <see cref="MoveNext"/>; empty for damage.</summary>
    public ReadOnlyMemory<byte> Batch { get; private set; }

    /// <summary>Goes to the next batch or damaged range; false at the end of the file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public bool MoveNext()
    {
        Position = _next;
        if (Position >= _length)
            return false;
        IsDamage = !TryBatch(Position, out var batch);
        Batch = batch;
        _next = IsDamage ? FindNext(Position + 1) : Position + batch.Length;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private long FindNext(long position)
    {
        while (position <= _length - RecordBatchHeader.SizeInBytes)
        {
            var bytes = Window(position, (int)Math.Min(WindowBytes, _length - position)).Span;
            var magic = bytes[MagicAt..].IndexOf(RecordBatchHeader.CurrentMagic);
            if (magic < 0)
            {
                position += bytes.Length - MagicAt;
                continue;
            }

            position += magic;
            if (TryBatch(position, out _))
                return position;
            position++;
        }

        return _length;
    }

    private bool TryBatch(long position, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (_length - position < RecordBatchHeader.SizeInBytes)
            return false;
        var header = Window(position, RecordBatchHeader.SizeInBytes).Span;
        var length = BinaryPrimitives.ReadInt32BigEndian(header[BatchLengthAt..]);
        if (header[MagicAt] != RecordBatchHeader.CurrentMagic
            || length < RecordBatchHeader.BatchLengthMin
            || length > _length - position - RecordBatchHeader.LogOverhead)
            return false;
        var all = Window(position, RecordBatchHeader.LogOverhead + length);
        if (!RecordBatchView.TryRead(all.Span, out var batch) || batch.LastOffsetDelta < 0 || !batch.IsCrcValid)
            return false;
        bytes = all;
        return true;
    }

    private ReadOnlyMemory<byte> Window(long position, int length)
    {
        if (position < _windowStart || position + length > _windowStart + _windowLength)
        {
            if (_window.Length < length)
                _window = new byte[length];
            _windowStart = position;
            _windowLength = _file.Read(_window.AsSpan(0, (int)Math.Min(_window.Length, _length - position)), position);
            if (_windowLength < length)
                throw new EndOfStreamException($"{_file.Path} became shorter while it was read.");
        }

        return _window.AsMemory((int)(position - _windowStart), length);
    }
}
