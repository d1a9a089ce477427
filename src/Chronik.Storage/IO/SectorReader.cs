namespace Chronik.Storage.IO;

/// <summary>
/// Reads a file of which the disk refuses some sectors. What fails is read again in small pieces, zeros stand for those that fail, and
/// which they were is remembered as long as this lives: a bad sector may take the disk seconds each time.
/// </summary>
internal sealed class SectorReader(IFile file)
{
    /// <summary>The unit in which a page cache reads, so that one bad sector takes as much with it.</summary>
    public const int PieceBytes = 4096;

    /// <summary>With more than that it is no bad sector but a bad disk, and asking it piece by piece would take hours.</summary>
    public const int BadPiecesMax = 64;

    private const int InputOutputError = 5;
    private readonly SortedSet<long> _bad = [];

    /// <summary>What the system said of the first that failed; null while all could be read.</summary>
    public IOException? Error { get; private set; }

    /// <summary>Whether an error says that the disk cannot give the bytes, rather than that something else is wrong.</summary>
    public static bool IsUnreadable(IOException error) => error.HResult == InputOutputError;

    /// <summary>As <see cref="IFile.Read"/>, with zeros for what cannot be read.</summary>
    /// <exception cref="IOException">More cannot be read than <see cref="BadPiecesMax"/>, or it failed for another reason.</exception>
    public int Read(Span<byte> destination, long position)
    {
        if (!Overlaps(position, position + destination.Length))
        {
            try
            {
                return file.Read(destination, position);
            }
            catch (IOException error) when (IsUnreadable(error))
            {
                Error ??= error;
            }
        }

        var total = 0;
        while (total < destination.Length)
        {
            var at = position + total;
            var piece = destination.Slice(total, (int)Math.Min(destination.Length - total, PieceBytes - (at % PieceBytes)));
            var read = ReadPiece(piece, at);
            total += read;
            if (read < piece.Length)
                break;
        }

        return total;
    }

    /// <summary>Whether some of these bytes were asked for and could not be read.</summary>
    public bool Overlaps(long start, long end)
    {
        if (_bad.Count == 0 || start >= end)
            return false;
        var (first, last) = (start / PieceBytes, (end - 1) / PieceBytes);
        return _bad.Min <= last && _bad.Max >= first && _bad.GetViewBetween(first, last).Count > 0;
    }

    private int ReadPiece(Span<byte> piece, long position)
    {
        if (!_bad.Contains(position / PieceBytes))
        {
            try
            {
                return file.Read(piece, position);
            }
            catch (IOException error) when (IsUnreadable(error) && _bad.Count < BadPiecesMax)
            {
                Error ??= error;
                _bad.Add(position / PieceBytes);
            }
        }

        // Where the file ends is known without reading it.
        piece = piece[..(int)Math.Clamp(file.Length - position, 0, piece.Length)];
        piece.Clear();
        return piece.Length;
    }
}
