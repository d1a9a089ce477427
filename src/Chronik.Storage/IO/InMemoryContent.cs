namespace Chronik.Storage.IO;

/// <summary>A file's content in pages: as it reads now, and as a power cut would leave it.</summary>
internal sealed class InMemoryContent
{
    private const int PageBytes = 4096;
    private readonly List<byte[]> _pages = [];
    private readonly List<byte[]> _durablePages = [];
    private readonly SortedSet<int> _dirty = [];
    private long _durableLength;
    private bool _lengthDirty;

    public long Length { get; private set; }

    public int Read(Span<byte> destination, long position)
    {
        var wanted = (int)Math.Clamp(Length - position, 0, destination.Length);
        for (var done = 0; done < wanted;)
        {
            var (page, offset) = At(position + done);
            var count = Math.Min(PageBytes - offset, wanted - done);
            _pages[page].AsSpan(offset, count).CopyTo(destination[done..]);
            done += count;
        }

        return wanted;
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        if (position + source.Length > Length)
            Extend(position + source.Length);
        for (var done = 0; done < source.Length;)
        {
            var (page, offset) = At(position + done);
            var count = Math.Min(PageBytes - offset, source.Length - done);
            source.Slice(done, count).CopyTo(_pages[page].AsSpan(offset));
            _dirty.Add(page);
            done += count;
        }
    }

    public void SetLength(long length)
    {
        if (length >= Length)
        {
            Extend(length);
            return;
        }

        Resize(_pages, length);
        var (page, offset) = At(length);
        if (offset > 0)
        {
            _pages[page].AsSpan(offset).Clear();
            _dirty.Add(page);
        }

        Length = length;
        _lengthDirty = true;
        _dirty.RemoveWhere(dirty => dirty >= _pages.Count);
    }

    public long Sync()
    {
        Resize(_durablePages, Length);
        foreach (var page in _dirty)
            _pages[page].CopyTo(_durablePages[page], 0);
        _durableLength = Length;
        _lengthDirty = false;
        _dirty.Clear();
        return Length;
    }

    public long LoseUnsynced()
    {
        _dirty.Clear();
        _lengthDirty = false;
        return Length;
    }

    public long DropCache()
    {
        if (!_lengthDirty && _dirty.Count == 0)
        {
            Length = _durableLength;
            Resize(_pages, Length);
        }

        for (var page = 0; page < Math.Min(_pages.Count, _durablePages.Count); page++)
        {
            if (!_dirty.Contains(page))
                _durablePages[page].CopyTo(_pages[page], 0);
        }

        return Length;
    }

    public void Crash(Random? survivors)
    {
        if (survivors is not null && _dirty.Count > 0)
        {
            // The length is journalled apart from the pages: it may come through without them, which then read as zeros.
            if (survivors.Next(2) == 0)
                _durableLength = Length;
            Resize(_durablePages, _durableLength);
            foreach (var page in _dirty.Where(page => page < _durablePages.Count && survivors.Next(2) == 0))
                _pages[page].CopyTo(_durablePages[page], 0);
        }

        Length = _durableLength;
        Resize(_pages, Length);
        ZeroPastEnd(_durablePages, Length);
        for (var page = 0; page < _pages.Count; page++)
            _durablePages[page].CopyTo(_pages[page], 0);
        _dirty.Clear();
        _lengthDirty = false;
    }

    private static (int Page, int Offset) At(long position) => ((int)(position / PageBytes), (int)(position % PageBytes));

    private static void Resize(List<byte[]> pages, long length)
    {
        var count = (int)((length + PageBytes - 1) / PageBytes);
        if (pages.Count > count)
            pages.RemoveRange(count, pages.Count - count);
        while (pages.Count < count)
            pages.Add(new byte[PageBytes]);
    }

    private static void ZeroPastEnd(List<byte[]> pages, long length)
    {
        var (page, offset) = At(length);
        if (offset > 0)
            pages[page].AsSpan(offset).Clear();
    }

    private void Extend(long length)
    {
        if (length == Length)
            return;
        Resize(_pages, length);
        Length = length;
        _lengthDirty = true;
    }
}
