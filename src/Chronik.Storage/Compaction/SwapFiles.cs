using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.IO;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Compaction;

/// <summary>
/// The names by which a compacted segment takes the place of others, so that a crash at any point leaves the old content or
/// the new: <c>.cleaned</c> while it is written; durable, its indexes and then its log become <c>.swap</c>. From the moment
/// that <c>.log.swap</c> is there it is the valid one: the old files go, the indexes and at last the log get their names.
/// </summary>
internal static class SwapFiles
{
    private const string LogSwap = SegmentFiles.Log + SegmentFiles.Swap;

    /// <summary>Declares a segment, written and synced, the valid one.</summary>
    public static void Commit(IFileSystem files, string directory, Segment cleaned)
    {
        cleaned.MoveIndexes(SegmentFiles.Swap);
        files.SyncDirectory(directory);
        cleaned.MoveLog(SegmentFiles.Swap);
        files.SyncDirectory(directory);
    }

    /// <summary>Removes what a committed segment replaced, as far as it is there, and gives it its own names.</summary>
    public static void Finish(IFileSystem files, string directory, Segment cleaned, long endOffset)
    {
        RemoveReplaced(files, directory, cleaned.BaseOffset, endOffset);
        cleaned.MoveIndexes("");
        files.SyncDirectory(directory);
        cleaned.MoveLog("");
        files.SyncDirectory(directory);
    }

    /// <summary>Takes back a segment that nobody reads: first what declares it valid.</summary>
    public static void Discard(IFileSystem files, string directory, Segment cleaned)
    {
        if (cleaned.Suffix == SegmentFiles.Swap)
        {
            files.Delete(SegmentFiles.Path(directory, cleaned.BaseOffset, LogSwap));
            files.SyncDirectory(directory);
        }

        cleaned.Delete();
    }

    /// <summary>Takes back what compactions of this run left that failed to do so themselves, but for segments in use.</summary>
    public static void DiscardLeftovers(IFileSystem files, string directory, Predicate<long> isInUse)
    {
        var names = files.ListFiles(directory);
        var isDirty = false;
        foreach (var name in names)
        {
            if (!SegmentFiles.TryParse(name, LogSwap, out var baseOffset) || isInUse(baseOffset))
                continue;
            files.Delete($"{directory}/{name}");
            isDirty = true;
        }

        if (isDirty)
            files.SyncDirectory(directory);
        foreach (var name in names)
        {
            foreach (var suffix in SegmentFiles.All)
            {
                var isLeftover = SegmentFiles.TryParse(name, suffix + SegmentFiles.Cleaned, out _)
                    || (SegmentFiles.TryParse(name, suffix + SegmentFiles.Swap, out var baseOffset) && !isInUse(baseOffset));
                if (isLeftover)
                    files.Delete($"{directory}/{name}");
            }
        }
    }

    /// <summary>After a crash: ends what was committed. Whatever else has one of these suffixes is of no use then.</summary>
    /// <returns>The files that there are then.</returns>
    public static IReadOnlyList<string> Recover(IFileSystem files, string directory)
    {
        var names = files.ListFiles(directory);
        var isChanged = false;
        foreach (var name in names)
        {
            if (!SegmentFiles.TryParse(name, LogSwap, out var baseOffset))
                continue;
            Recover(files, directory, baseOffset);
            isChanged = true;
        }

        return isChanged ? files.ListFiles(directory) : names;
    }

    private static void Recover(IFileSystem files, string directory, long baseOffset)
    {
        foreach (var suffix in SegmentFiles.All)
        {
            var path = SegmentFiles.Path(directory, baseOffset, suffix);
            if (suffix != SegmentFiles.Log && files.FileExists(path + SegmentFiles.Swap))
                files.Rename(path + SegmentFiles.Swap, path);
        }

        var log = SegmentFiles.Path(directory, baseOffset, SegmentFiles.Log);
        RemoveReplaced(files, directory, baseOffset, EndOffset(files, directory, baseOffset));
        files.SyncDirectory(directory);
        files.Rename(log + SegmentFiles.Swap, log);
        files.SyncDirectory(directory);
    }

    private static void RemoveReplaced(IFileSystem files, string directory, long baseOffset, long endOffset)
    {
        foreach (var name in files.ListFiles(directory))
        {
            foreach (var suffix in SegmentFiles.All)
            {
                if (SegmentFiles.TryParse(name, suffix, out var offset) && offset > baseOffset && offset < endOffset)
                    files.Delete($"{directory}/{name}");
            }
        }
    }

    private static long EndOffset(IFileSystem files, string directory, long baseOffset)
    {
        using var index = new OffsetIndex(files, SegmentFiles.Path(directory, baseOffset, SegmentFiles.OffsetIndex), baseOffset, int.MaxValue);
        using var log = files.Open(SegmentFiles.Path(directory, baseOffset, LogSwap), FileOpenKind.Read);
        var length = (int)Math.Min(log.Length, int.MaxValue);
        return (index.IsSane(length) ? EndOffset(log, index.PositionAtMost(long.MaxValue), length) : null)
            ?? EndOffset(log, 0, length)
            ?? (length == 0 ? baseOffset : throw new IOException($"{log.Path} is damaged: it is neither taken nor removed."));
    }

    private static long? EndOffset(IFile log, int position, int length)
    {
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        long? end = null;
        var walk = new HeaderWalk(log, position, length, buffer);
        while (walk.MoveNext())
            end = walk.Header.NextOffset;
        return walk.IsBroken ? null : end;
    }
}
