namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>
/// A file: as it reads (the page cache), as the disk has it, and what is between them. A page that was written and not synced
/// may stand on the disk in any state that it went through, or torn between two of them by sectors.
/// </summary>
internal sealed class FileNode(string madeAs) : DiskNode
{
    public const int PageBytes = 4096;
    private const int SectorBytes = 512;
    private const int VersionsMax = 4;

    private readonly SortedDictionary<int, List<PageVersion>> _dirty = [];
    private readonly List<LengthChange> _lengths = [];
    private byte[] _cache = [];
    private byte[] _disk = [];
    private long _diskLength;
    private int _truncations;

    /// <summary>For the trace: the name that it was made under.</summary>
    public string MadeAs => madeAs;

    public long Length { get; private set; }

    public bool IsDirty => _dirty.Count > 0 || _lengths.Count > 0;

    /// <summary>How many errors of writing back there were, and whether someone was told of the last (Linux's errseq).</summary>
    public int Errors { get; private set; }

    public bool IsErrorSeen { get; set; } = true;

    public IEnumerable<int> DirtyPages => _dirty.Keys;

    public int Read(Span<byte> destination, long position)
    {
        var count = (int)Math.Clamp(Length - position, 0, destination.Length);
        _cache.AsSpan((int)Math.Min(position, Length), count).CopyTo(destination);
        return count;
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        if (source.IsEmpty)
            return;
        var end = position + source.Length;
        Reserve(ref _cache, end);
        source.CopyTo(_cache.AsSpan((int)position));
        if (end > Length)
            ChangeLength(end, isCut: false);
        for (var page = (int)(position / PageBytes); page * (long)PageBytes < end; page++)
            MarkDirty(page);
    }

    public void SetLength(long length)
    {
        if (length == Length)
            return;
        Reserve(ref _cache, length);
        if (length > Length)
        {
            ChangeLength(length, isCut: false);
            return;
        }

        _cache.AsSpan((int)length).Clear();
        _truncations++;
        ChangeLength(length, isCut: true);
        if (length % PageBytes != 0)
            MarkDirty((int)(length / PageBytes));
    }

    /// <summary>All of it is on the disk.</summary>
    public void Sync()
    {
        CommitCuts();
        foreach (var page in _dirty.Keys)
            WriteBackPage(page);
        _diskLength = Length;
        _dirty.Clear();
        _lengths.Clear();
    }

    /// <summary>The system wrote some pages back by itself.</summary>
    public void WriteBack(Random random)
    {
        CommitCuts();
        foreach (var page in _dirty.Keys.ToArray())
        {
            if (random.Next(2) == 0)
                continue;
            WriteBackPage(page);
            _dirty.Remove(page);
            _diskLength = Math.Max(_diskLength, Math.Min(Length, (page + 1L) * PageBytes));
        }
    }

    /// <summary>
    /// The disk did not take what was written: some of it may be there, yet all pages count as clean, and whoever has the file
    /// open is told once.
    /// </summary>
    public void FailToWriteBack(Random random)
    {
        WriteBack(random);
        if (random.Next(2) == 0)
            _diskLength = Length;
        _dirty.Clear();
        _lengths.Clear();
        Errors++;
        IsErrorSeen = false;
    }

    /// <summary>Clean pages leave the memory: what is read is what the disk has. The length is the inode's and stays.</summary>
    public void Evict()
    {
        for (var page = 0; page * (long)PageBytes < Length; page++)
        {
            if (!_dirty.ContainsKey(page))
                CopyPage(_disk, _cache, page, Length);
        }
    }

    public void Crash(ICrashChoice choice)
    {
        if (IsDirty)
            ApplySurvivors(choice);
        Length = _diskLength;
        _cache = new byte[Capacity(Length)];
        _disk.AsSpan(0, (int)Math.Min(Length, _disk.Length)).CopyTo(_cache);
        _disk = _cache.AsSpan().ToArray();
        _dirty.Clear();
        _lengths.Clear();
        _truncations = 0;
        IsErrorSeen = true;
    }

    private void ApplySurvivors(ICrashChoice choice)
    {
        var count = choice.LengthsOf(this, _lengths.Count);
        var cuts = 0;
        foreach (var change in _lengths.Take(count))
        {
            cuts += change.IsCut ? 1 : 0;
            if (change.IsCut)
                ClearDiskFrom(change.Length);
            _diskLength = change.Length;
        }

        var kept = NextCut(count);
        var cutTo = LowestCut(_lengths.Take(count));
        foreach (var (page, all) in _dirty)
        {
            // What was written behind a cut cannot be there without it, and what it cut off cannot be there with it.
            var possible = all.Where(version => version.Truncations == cuts
                || (version.Truncations < cuts && (page + 1L) * PageBytes <= cutTo)
                || (version.Truncations > cuts && (page + 1L) * PageBytes <= kept)).ToList();
            var picked = possible.Count == 0 ? 0 : choice.VersionOf(this, page, possible.Count);
            if (picked > 0)
                TearInto(page, possible[picked - 1].Content, choice.SectorsOf(this, page));
        }

        ClearDiskFrom(_diskLength);
    }

    private long NextCut(int count) => LowestCut(_lengths.Skip(count));

    private static long LowestCut(IEnumerable<LengthChange> changes) =>
        changes.Where(static change => change.IsCut).Select(static change => change.Length).DefaultIfEmpty(long.MaxValue).Min();

    private void TearInto(int page, byte[] content, byte sectors)
    {
        Reserve(ref _disk, (page + 1L) * PageBytes);
        for (var sector = 0; sector < PageBytes / SectorBytes; sector++)
        {
            if ((sectors & (1 << sector)) != 0)
                content.AsSpan(sector * SectorBytes, SectorBytes).CopyTo(_disk.AsSpan((page * PageBytes) + (sector * SectorBytes)));
        }
    }

    private void CommitCuts()
    {
        if (_truncations == 0)
            return;
        foreach (var change in _lengths)
        {
            if (change.IsCut)
                ClearDiskFrom(change.Length);
            if (change.IsCut)
                _diskLength = Math.Min(_diskLength, change.Length);
        }

        _truncations = 0;
        _lengths.Clear();
        if (Length != _diskLength)
            _lengths.Add(new LengthChange(Length, IsCut: false));
        foreach (var (page, versions) in _dirty.ToArray())
        {
            _dirty.Remove(page);
            if (page * (long)PageBytes < Length)
                _dirty[page] = [versions[^1] with { Truncations = 0 }];
        }
    }

    private void WriteBackPage(int page)
    {
        Reserve(ref _disk, (page + 1L) * PageBytes);
        CopyPage(_cache, _disk, page, Length);
    }

    private void ChangeLength(long length, bool isCut)
    {
        Length = length;
        _lengths.Add(new LengthChange(length, isCut));
    }

    private void MarkDirty(int page)
    {
        if (!_dirty.TryGetValue(page, out var versions))
            _dirty.Add(page, versions = []);
        if (versions.Count == VersionsMax)
            versions.RemoveAt(1);
        var content = new byte[PageBytes];
        CopyPage(_cache.AsSpan(page * PageBytes, PageBytes), content);
        versions.Add(new PageVersion(content, _truncations));
    }

    private void ClearDiskFrom(long position)
    {
        if (position < _disk.Length)
            _disk.AsSpan((int)position).Clear();
    }

    private static void CopyPage(ReadOnlySpan<byte> from, Span<byte> to) => from.CopyTo(to);

    private static void CopyPage(byte[] from, byte[] to, int page, long length)
    {
        var start = page * PageBytes;
        var count = (int)Math.Min(PageBytes, length - start);
        if (count <= 0)
            return;
        var there = Math.Clamp(from.Length - start, 0, count);
        from.AsSpan(Math.Min(start, from.Length), there).CopyTo(to.AsSpan(start));
        to.AsSpan(start + there, count - there).Clear();
    }

    private static int Capacity(long length) => (int)((length + PageBytes - 1) / PageBytes * PageBytes);

    private static void Reserve(ref byte[] bytes, long length)
    {
        if (length > bytes.Length)
            Array.Resize(ref bytes, Capacity(Math.Max(length, bytes.Length + (bytes.Length / 2))));
    }

    private readonly record struct PageVersion(byte[] Content, int Truncations);

    private readonly record struct LengthChange(long Length, bool IsCut);
}
