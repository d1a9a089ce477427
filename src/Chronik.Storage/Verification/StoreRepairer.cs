using Chronik.Storage.IO;
using Chronik.Storage.Recovery;

namespace Chronik.Storage.Verification;

/// <summary>
/// Mends what a verification finds. Nothing is destroyed: bytes that leave a log are kept beside it in a file
/// <c>FIRST-NEXT.lost</c>, and an empty batch takes the place of their offsets, as compaction leaves them, so that readers pass
/// over. Each file is written anew, synced and renamed: a crash leaves the old one or the new one.
/// </summary>
public static class StoreRepairer
{
    /// <summary>Repairs a data folder, or says what it would do.</summary>
    /// <exception cref="LogStoreException">There is no such folder, or no partition of a name that was given.</exception>
    /// <exception cref="IOException">A file could not be written; what was done until then holds.</exception>
    public static async Task<IReadOnlyList<RepairAction>> RepairAsync(RepairOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var verification = new VerificationOptions
        {
            DataDirectory = options.DataDirectory,
            Files = options.Files,
            Scheduler = options.Scheduler,
            Names = options.Names,
            IsDeep = options.IsDeep,
            Progress = options.Progress,
        };
        var report = await StoreVerifier.VerifyAsync(verification, cancellation);
        var actions = new List<RepairAction>();
        foreach (var partition in report.Findings.Where(static finding => finding.Partition.Length > 0).GroupBy(static finding => finding.Partition))
        {
            var facts = StoreVerifier.FactsOf(verification, partition.Key);
            new PartitionRepairer(options, facts, [.. partition], actions).Run();
        }

        RepairCheckpoints(options, report, actions);
        return actions;
    }

    private static void RepairCheckpoints(RepairOptions options, VerificationReport report, List<RepairAction> actions)
    {
        foreach (var (name, kind) in (ReadOnlySpan<(string, FindingKind)>)
            [
                (OffsetCheckpoint.RecoveryPointFile, FindingKind.RecoveryPoint),
                (OffsetCheckpoint.LogStartFile, FindingKind.LogStart),
                (OffsetCheckpoint.CleanerFile, FindingKind.CleanerCheckpoint),
            ])
        {
            var wrong = report.Findings.Where(finding => finding.Kind == kind).ToList();
            if (wrong.Count == 0)
                continue;
            var partitions = wrong.Select(static finding => finding.Partition).ToHashSet(StringComparer.Ordinal);
            actions.Add(new RepairAction("", name, null, null, kind switch
            {
                FindingKind.LogStart => "written anew without what is wrong: logs that it does not name start with their first record",
                FindingKind.CleanerCheckpoint => "written anew without what is wrong: logs that it does not name are compacted from their start on",
                _ => "written anew without what is wrong: the next start reads the logs that it does not name",
            }, null));
            if (options.IsDryRun)
                continue;
            var checkpoint = new OffsetCheckpoint(options.Files, $"{options.DataDirectory}/{name}");
            checkpoint.Write([.. checkpoint.Read().Offsets.Where(pair => !partitions.Contains(pair.Key.ToString()))]);
            if (kind == FindingKind.RecoveryPoint)
                CleanShutdownMarker.Take(options.Files, options.DataDirectory);
        }
    }
}
