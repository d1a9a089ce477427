using Chronik.Storage.IO;

namespace Chronik.Storage.Verification;

/// <summary>The entries of an index file, one after the other, as they were when the reading began.</summary>
internal sealed class FileEntries : IDisposable
{
    private readonly IFile? _file;
    private readonly FileWindow? _window;
    private readonly int _entryBytes;
    private long _index = -1;

    public FileEntries(IFileSystem files, string path, int entryBytes)
    {
        _entryBytes = entryBytes;
        if (!files.FileExists(path))
            return;
        _file = files.Open(path, FileOpenKind.Read);
        _window = new FileWindow(_file, _file.Length);
        IsMisshapen = _window.Length % entryBytes != 0;
    }

    public bool Exists => _file is not null;

    /// <summary>Its length is not one of whole entries.</summary>
    public bool IsMisshapen { get; }

    public long Count => (_window?.Length ?? 0) / _entryBytes;

    /// <summary>The place of the entry at hand; -1 in front of the first.</summary>
    public long Index => _index;

    public long Position => _index * _entryBytes;

    public ReadOnlySpan<byte> Current => _window!.At(Position, _entryBytes);

    public bool MoveNext()
    {
        if (_index + 1 >= Count)
            return false;
        _index++;
        return true;
    }

    /// <summary>Whether all from the current entry on is zeros: Kafka makes indexes at their full length and cuts them when it stops.</summary>
    public bool IsZeroFromHere()
    {
        for (var position = Position; position < _window!.Length;)
        {
            var part = _window.At(position, FileWindow.Bytes);
            if (part.ContainsAnyExcept((byte)0))
                return false;
            position += part.Length;
        }

        return true;
    }

    public void Dispose()
    {
        _window?.Dispose();
        _file?.Dispose();
    }
}
