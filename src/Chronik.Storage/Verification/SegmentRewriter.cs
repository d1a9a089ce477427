using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Verification;

/// <summary>Writes a segment anew with what is right in it, mended where that is possible, and with empty batches for the rest.</summary>
internal sealed class SegmentRewriter(RepairOptions options, string partition, SegmentPlace place, List<RepairAction> actions)
{
    private const int MendedBytesMax = 128 << 20;

    private readonly string _directory = $"{options.DataDirectory}/{partition}";
    private readonly string _name = SegmentFiles.Path("", place.BaseOffset, SegmentFiles.Log)[1..];
    private IFile? _to;
    private long _length;
    private int _epoch;

    public required IReadOnlyList<LogFinding> WrongEpochs { get; init; }

    /// <summary>Where batches start whose records cannot be parsed.</summary>
    public required IReadOnlySet<long> Unreadable { get; init; }

    public void Run()
    {
        var path = $"{_directory}/{_name}";
        var temporary = path + SegmentFiles.Temporary;
        using (var from = options.Files.Open(path, FileOpenKind.Read))
        using (var window = new FileWindow(from, from.Length))
        using (_to = options.IsDryRun ? null : options.Files.Open(temporary, FileOpenKind.CreateOrTruncate))
        {
            var parts = new LogPartReader(window, place);
            while (parts.MoveNext())
                Take(parts.Current, window);
            var end = place.IsLast ? Math.Max(parts.NextOffset, place.DurableOffset) : place.FollowingOffset;
            if (!place.IsGapKnown(parts.NextOffset, end))
                Fill(parts.NextOffset, end, "offsets that are missing at the end");
            _to?.Sync();
        }

        if (options.IsDryRun)
            return;

        // Indexes of the old file must not meet the new one.
        foreach (var suffix in (ReadOnlySpan<string>)[SegmentFiles.OffsetIndex, SegmentFiles.TimeIndex, SegmentFiles.BatchOffsets])
            options.Files.Delete(SegmentFiles.Path(_directory, place.BaseOffset, suffix));
        options.Files.SyncDirectory(_directory);
        options.Files.Rename(temporary, path);
        options.Files.SyncDirectory(_directory);
    }

    private void Take(in LogPart part, FileWindow from)
    {
        switch (part.Kind)
        {
            case LogPartKind.Batch when Unreadable.Contains(part.Position):
                Lose(part, from, part.Header.BaseOffset, "a batch whose records cannot be parsed");
                break;
            case LogPartKind.Batch:
                if (part.HasGap && !place.IsGapKnown(part.ExpectedOffset, part.Header.BaseOffset))
                    Fill(part.ExpectedOffset, part.Header.BaseOffset, "offsets that are missing");
                TakeBatch(part, from);
                break;
            case LogPartKind.WrongOffset:
                Mend(part, from.Copy(part.Position, part.Header.SizeInBytes), $"its base offset {part.Header.BaseOffset} set to {part.ExpectedOffset}");
                break;
            case LogPartKind.Damage when TryMend(part, from) is { } mended:
                Mend(part, mended, "one flipped bit set right, as its checksum tells");
                break;
            default:
                Lose(part, from, part.ExpectedOffset, part.Kind == LogPartKind.Tail ? "what follows the last whole batch" : "bytes that are no valid batch");
                break;
        }
    }

    private void TakeBatch(in LogPart part, FileWindow from)
    {
        var position = part.Position;
        if (WrongEpochs.Any(finding => finding.Position <= position && position < finding.End))
        {
            Mend(part, from.Copy(position, part.Header.SizeInBytes), $"its leader epoch {part.Header.Epoch} set to {_epoch}");
            return;
        }

        _epoch = part.Header.Epoch;
        while (position < part.End)
        {
            var bytes = from.At(position, (int)Math.Min(part.End - position, FileWindow.Bytes));
            Write(bytes);
            position += bytes.Length;
        }
    }

    private byte[]? TryMend(in LogPart part, FileWindow from)
    {
        if (part.End - part.Position is < RecordBatchHeader.SizeInBytes or > MendedBytesMax)
            return null;
        var bytes = from.Copy(part.Position, (int)(part.End - part.Position));
        return BatchMender.TryMend(bytes, part.ExpectedOffset, part.NextOffset, _epoch) ? bytes : null;
    }

    private void Mend(in LogPart part, byte[] bytes, string what)
    {
        RecordBatchHeader.SetBaseOffset(bytes, part.Kind == LogPartKind.Batch ? part.Header.BaseOffset : part.ExpectedOffset);
        RecordBatchHeader.SetPartitionLeaderEpoch(bytes, _epoch);
        actions.Add(new RepairAction(partition, _name, part.ExpectedOffset, part.NextOffset, $"a batch mended: {what}", null));
        Write(bytes);
    }

    private void Lose(in LogPart part, FileWindow from, long first, string what)
    {
        var lost = KnownGaps.LostName(first, part.NextOffset);
        for (var i = 1; options.Files.FileExists($"{_directory}/{lost}"); i++)
            lost = $"{KnownGaps.LostName(first, part.NextOffset)}.{i}";
        actions.Add(new RepairAction(
            partition, _name, part.NextOffset > first ? first : null, part.NextOffset > first ? part.NextOffset : null, $"{what} ({part.End - part.Position} bytes) moved aside", lost));
        if (!options.IsDryRun)
        {
            using var to = options.Files.Open($"{_directory}/{lost}", FileOpenKind.CreateOrTruncate);
            for (var position = part.Position; position < part.End;)
            {
                var bytes = from.At(position, (int)Math.Min(part.End - position, FileWindow.Bytes));
                to.Write(bytes, position - part.Position);
                position += bytes.Length;
            }

            to.Sync();
        }

        Fill(first, part.NextOffset);
    }

    private void Fill(long first, long next, string what)
    {
        if (next <= first)
            return;
        actions.Add(new RepairAction(partition, _name, first, next, $"an empty batch put in the place of {what}", null));
        Fill(first, next);
    }

    // As compaction leaves batches whose records are all gone: readers pass over it, and offsets go on without a gap.
    private void Fill(long first, long next)
    {
        while (next > first)
        {
            var end = Math.Min(next, first + int.MaxValue);
            using var builder = new RecordBatchBuilder { BaseOffset = first, LastOffset = end - 1, PartitionLeaderEpoch = _epoch };
            Write(builder.ToArray());
            first = end;
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _to?.Write(bytes, _length);
        _length += bytes.Length;
    }
}
