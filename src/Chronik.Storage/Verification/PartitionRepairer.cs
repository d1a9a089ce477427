using System.Text;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Recovery;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Verification;

/// <summary>Mends one partition's folder.</summary>
internal sealed class PartitionRepairer(RepairOptions options, PartitionFacts facts, IReadOnlyList<LogFinding> findings, List<RepairAction> actions)
{
    private readonly string _directory = $"{options.DataDirectory}/{facts.Name}";

    public void Run()
    {
        if (!options.Files.DirectoryExists(_directory))
            return;
        if (IsLeftAlone())
            return;
        var names = options.Files.ListFiles(_directory);
        var bases = names.Where(static name => SegmentFiles.TryParse(name, SegmentFiles.Log, out _))
            .Select(static name => SegmentFiles.TryParse(name, SegmentFiles.Log, out var offset) ? offset : 0).ToList();
        var rewritten = RewriteSegments(names, bases);
        RepairSmallFiles(bases);
        RebuildIndexes(bases, rewritten);
        RebuildBatchOffsets(bases.Where(offset => findings.Any(finding => finding.Kind == FindingKind.BatchOffsets && finding.File == NameOf(offset, SegmentFiles.BatchOffsets))
            || (rewritten.Contains(offset) && names.Contains(NameOf(offset, SegmentFiles.BatchOffsets)))));
    }

    // Each repair goes on from what the log says, and nothing takes the place of records that may be right.
    private bool IsLeftAlone()
    {
        var unreadable = findings.Where(static finding => finding.Kind == FindingKind.CannotRead).ToList();
        foreach (var finding in unreadable)
        {
            var place = finding.Position is { } position ? $"bytes {position} to {finding.End} cannot be read" : "it cannot be read";
            var what = $"nothing, and nothing else in this folder: {place} ({finding.Problem})";
            actions.Add(new RepairAction(facts.Name, finding.File, finding.FirstOffset, finding.NextOffset, what, null));
        }

        return unreadable.Count > 0;
    }

    // From a log that is whole by now: what it says is taken as right from here on.
    private void RebuildBatchOffsets(IEnumerable<long> bases)
    {
        foreach (var offset in bases)
        {
            Do(NameOf(offset, SegmentFiles.BatchOffsets), "built anew from the log", files =>
            {
                var path = SegmentFiles.Path(_directory, offset, SegmentFiles.BatchOffsets);
                using (var log = files.Open(SegmentFiles.Path(_directory, offset, SegmentFiles.Log), FileOpenKind.Read))
                using (var writer = new BatchOffsetsWriter(files, path + SegmentFiles.Temporary, offset))
                    writer.WriteAll(log);
                files.Rename(path + SegmentFiles.Temporary, path);
            });
        }
    }

    private HashSet<long> RewriteSegments(IReadOnlyList<string> names, List<long> bases)
    {
        var rewritten = new HashSet<long>();
        var gaps = new KnownGaps(facts.CompactedUpTo, names);
        for (var i = 0; i < bases.Count; i++)
        {
            var isLast = i == bases.Count - 1;
            var place = new SegmentPlace(
                bases[i], isLast ? long.MaxValue : bases[i + 1], facts.RecoveryPoint ?? 0, isLast && facts.WasClosedCleanly ? facts.RecoveryPoint ?? -1 : -1, gaps)
            {
                Known = BatchOffsets.Beside(options.Files, _directory, bases[i]),
            };
            var name = NameOf(bases[i], SegmentFiles.Log);
            var mine = findings.Where(finding => finding.File == name && IsOfLog(finding)).ToList();
            if (mine.Count == 0)
                continue;
            var epochs = mine.Where(static finding => finding.Kind == FindingKind.WrongEpoch).ToList();
            var unreadable = mine.Where(static finding => finding.Kind == FindingKind.UnreadableRecords).Select(static finding => finding.Position!.Value).ToHashSet();
            new SegmentRewriter(options, facts.Name, place, actions) { WrongEpochs = epochs, Unreadable = unreadable }.Run();
            rewritten.Add(bases[i]);
        }

        return rewritten;
    }

    // A torn tail that a kill left is a note; whoever asks for a repair wants it gone too.
    private static bool IsOfLog(LogFinding finding) => finding.Kind is FindingKind.DamagedBatch or FindingKind.TornTail or FindingKind.WrongOffset
        or FindingKind.WrongEpoch or FindingKind.UnreadableRecords or FindingKind.MissingTail
        || (finding.Kind == FindingKind.OffsetGap && finding.Position is not null && finding.File.EndsWith(SegmentFiles.Log, StringComparison.Ordinal));

    private void RepairSmallFiles(List<long> bases)
    {
        foreach (var finding in findings.Where(static finding => finding.Severity == FindingSeverity.Damage))
        {
            switch (finding.Kind)
            {
                case FindingKind.ProducerSnapshot:
                    Do(finding.File, "deleted: the log and older snapshots have all that is in it", files => files.Delete($"{_directory}/{finding.File}"));
                    break;
                case FindingKind.PartitionMetadata:
                    RepairMetadata();
                    break;
                case FindingKind.EpochCheckpoint:
                    Do(finding.File, "written anew from the log", files => WriteEpochs(files, bases));
                    break;
                case FindingKind.OffsetGap when !finding.File.EndsWith(SegmentFiles.Log, StringComparison.Ordinal):
                    NoteLostSegment(finding);
                    break;
            }
        }
    }

    private void NoteLostSegment(LogFinding finding)
    {
        var lost = KnownGaps.LostName(finding.FirstOffset!.Value, finding.NextOffset!.Value);
        actions.Add(new RepairAction(facts.Name, finding.File, finding.FirstOffset, finding.NextOffset, "the index without a log moved aside, the gap noted", lost));
        if (options.IsDryRun)
            return;
        options.Files.Rename($"{_directory}/{finding.File}", $"{_directory}/{lost}");
        foreach (var suffix in (ReadOnlySpan<string>)[SegmentFiles.TimeIndex, SegmentFiles.TransactionIndex])
            options.Files.Delete(SegmentFiles.Path(_directory, finding.FirstOffset.Value, suffix));
        options.Files.SyncDirectory(_directory);
    }

    // All partitions of a topic have the same file.
    private void RepairMetadata()
    {
        if (facts.TopicId is var id && id != TopicId.None)
        {
            Do(PartitionMetadata.FileName, $"written anew with the topic id {id} of the topic's other folders", files =>
                AtomicFile.Write(files, $"{_directory}/{PartitionMetadata.FileName}", PartitionMetadata.Format(id)));
            return;
        }

        Do(PartitionMetadata.FileName, "deleted: the folder is known by its name", files => files.Delete($"{_directory}/{PartitionMetadata.FileName}"));
    }

    private void WriteEpochs(IFileSystem files, List<long> bases)
    {
        var epochs = new EpochCheck(null);
        foreach (var offset in bases)
        {
            using var file = files.Open(SegmentFiles.Path(_directory, offset, SegmentFiles.Log), FileOpenKind.Read);
            using var window = new FileWindow(file, file.Length);
            var parts = new LogPartReader(window, new SegmentPlace(offset, long.MaxValue, 0, -1, new KnownGaps(long.MaxValue, [])));
            while (parts.MoveNext())
            {
                if (parts.Current.Kind == LogPartKind.Batch)
                    epochs.OnBatch("", parts.Current.Header);
            }
        }

        epochs.Finish();
        var lines = epochs.Observed.Select(static epoch => FormattableString.Invariant($"{epoch.Epoch} {epoch.StartOffset}")).ToList();
        AtomicFile.Write(files, $"{_directory}/{LeaderEpochs.FileName}", Encoding.UTF8.GetBytes(TextCheckpoint.Format(lines)));
    }

    private void RebuildIndexes(List<long> bases, HashSet<long> rewritten)
    {
        var wrong = bases.Where(offset => rewritten.Contains(offset) || findings.Any(finding => finding.Severity == FindingSeverity.Damage
            && finding.Kind is FindingKind.OffsetIndex or FindingKind.TimeIndex or FindingKind.TransactionIndex
            && finding.File.StartsWith(NameOf(offset, ""), StringComparison.Ordinal))).ToHashSet();
        if (wrong.Count == 0)
            return;
        foreach (var offset in wrong.Order())
            actions.Add(new RepairAction(facts.Name, NameOf(offset, ".*index"), null, null, "indexes built anew from the log", null));
        if (!options.IsDryRun)
            new IndexRebuilder(options.Files, _directory, bases, wrong).Run();
    }

    private void Do(string file, string what, Action<IFileSystem> action)
    {
        actions.Add(new RepairAction(facts.Name, file, null, null, what, null));
        if (options.IsDryRun)
            return;
        action(options.Files);
        options.Files.SyncDirectory(_directory);
    }

    private static string NameOf(long offset, string suffix) => SegmentFiles.Path("", offset, suffix)[1..];
}
