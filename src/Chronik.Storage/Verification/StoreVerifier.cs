using System.Collections.Concurrent;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Recovery;

namespace Chronik.Storage.Verification;

/// <summary>
/// Reads all that lies in a data folder and says what is not as it was written. Nothing is changed. Memory is bounded by the
/// number of partitions that are read beside each other, whatever the files claim.
/// </summary>
public sealed class StoreVerifier
{
    private const string CleanShutdownFile = ".kafka_cleanshutdown";
    private const int LooksMax = 3;

    private readonly VerificationOptions _options;
    private readonly Findings _findings = new("");
    private readonly VerificationProgress _progress;

    private StoreVerifier(VerificationOptions options)
    {
        _progress = options.Progress ?? new VerificationProgress();
        _options = options with { Progress = _progress };
    }

    /// <summary>Verifies a data folder.</summary>
    /// <exception cref="LogStoreException">There is no such folder, or no partition of a name that was given.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task<VerificationReport> VerifyAsync(VerificationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Files.DirectoryExists(options.DataDirectory))
            throw new LogStoreException($"There is no folder {options.DataDirectory}: name the data folder with --data-dir.");
        return new StoreVerifier(options).RunAsync(cancellation);
    }

    /// <summary>What the data folder's own files say of one partition.</summary>
    internal static PartitionFacts FactsOf(VerificationOptions options, string name)
    {
        var verifier = new StoreVerifier(options with { Names = [name], Progress = null });
        var isClean = options.Files.FileExists($"{options.DataDirectory}/{CleanShutdownFile}");
        return options.Files.DirectoryExists($"{options.DataDirectory}/{name}") && LogFolder.TryParse(name, out _)
            ? verifier.FindPartitions(isClean)[0]
            : new PartitionFacts(name, isClean, null, null, false, TopicId.None, 0);
    }

    private async Task<VerificationReport> RunAsync(CancellationToken cancellation)
    {
        var isClean = !_options.IsLive && _options.Files.FileExists($"{_options.DataDirectory}/{CleanShutdownFile}");
        var partitions = new ConcurrentQueue<PartitionFacts>(FindPartitions(isClean));
        var found = new ConcurrentBag<IReadOnlyList<LogFinding>>();
        var workers = Enumerable.Range(0, Math.Min(partitions.Count, Math.Max(1, _options.Parallelism))).Select(_ => Task.Factory.StartNew(
            () => Work(partitions, found, cancellation), cancellation, TaskCreationOptions.DenyChildAttach, _options.Scheduler));
        await Task.WhenAll(workers);
        cancellation.ThrowIfCancellationRequested();
        return new VerificationReport
        {
            Findings = [.. _findings.All, .. found.SelectMany(static findings => findings).OrderBy(static finding => finding.Partition, StringComparer.Ordinal)
                .ThenBy(static finding => finding.File, StringComparer.Ordinal).ThenBy(static finding => finding.Position)],
            Read = _progress,
            WasClosedCleanly = isClean,
        };
    }

    private void Work(ConcurrentQueue<PartitionFacts> partitions, ConcurrentBag<IReadOnlyList<LogFinding>> found, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && partitions.TryDequeue(out var partition))
        {
            found.Add(Verify(partition));
            _progress.AddPartition();
        }
    }

    private IReadOnlyList<LogFinding> Verify(PartitionFacts facts)
    {
        IReadOnlyList<LogFinding> findings = [];
        for (var look = 0; look < (_options.IsLive ? LooksMax : 1); look++)
        {
            try
            {
                var again = new PartitionVerifier(_options, facts).Run();
                findings = look == 0 ? again : [.. findings.Intersect(again)];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                findings = [new LogFinding { Partition = facts.Name, File = "", Kind = FindingKind.CannotRead, Problem = e.Message }];
            }

            if (findings.Count == 0)
                break;
        }

        return findings;
    }

    private List<PartitionFacts> FindPartitions(bool isClean)
    {
        var recoveryPoints = ReadCheckpoint(OffsetCheckpoint.RecoveryPointFile, FindingKind.RecoveryPoint);
        var logStarts = ReadCheckpoint(OffsetCheckpoint.LogStartFile, FindingKind.LogStart);
        var cleaned = ReadCheckpoint(OffsetCheckpoint.CleanerFile, FindingKind.CleanerCheckpoint);
        if (!logStarts.Exists && recoveryPoints.Offsets.Count > 0)
            _findings.Add(OffsetCheckpoint.LogStartFile, FindingKind.LogStart, "it is missing");
        var labels = new TopicLabels(_options.Files, _options.DataDirectory);
        var facts = new List<(long Bytes, PartitionFacts Facts)>();
        var unused = _options.Names.ToHashSet(StringComparer.Ordinal);
        var folders = _options.Files.ListDirectories(_options.DataDirectory);
        foreach (var name in folders)
        {
            if (!LogFolder.TryParse(name, out var partition))
            {
                AddFolder(name);
                continue;
            }

            if (_options.Names.Count > 0 && !_options.Names.Contains(name) && !_options.Names.Contains(partition.Topic))
                continue;
            unused.Remove(name);
            unused.Remove(partition.Topic);
            var bytes = SizeOf(name);
            _progress.Expect(bytes);
            facts.Add((bytes, new PartitionFacts(
                name, isClean, Value(recoveryPoints, partition), Value(logStarts, partition), logStarts.IsComplete, labels.IdOf(partition.Topic), Value(cleaned, partition) ?? 0)));
        }

        if (unused.Count > 0)
            throw new LogStoreException($"There is no topic or partition {unused.First()} in {_options.DataDirectory}: write for example orders, or orders-0.");
        AddMissing(recoveryPoints.Offsets, folders);
        return [.. facts.OrderByDescending(static partition => partition.Bytes).Select(static partition => partition.Facts)];
    }

    private void AddMissing(Dictionary<TopicPartition, long> recoveryPoints, IReadOnlyList<string> folders)
    {
        if (_options.Names.Count > 0 || _options.IsLive)
            return;
        foreach (var (partition, offset) in recoveryPoints)
        {
            if (offset > 0 && !folders.Contains(partition.ToString()))
                _findings.Add(partition.ToString(), FindingKind.MissingPartition, $"there is no such folder, but records up to {offset} were durable in it");
        }
    }

    private void AddFolder(string name)
    {
        if (name.EndsWith(LogFolder.DeletedSuffix, StringComparison.Ordinal))
            _findings.Add(name, FindingKind.Leftover, "a topic that was being deleted", FindingSeverity.Note);
        else
            _findings.Add(name, FindingKind.Foreign, "no folder of a partition", FindingSeverity.Note);
    }

    private static long? Value(CheckpointContent checkpoint, TopicPartition partition) =>
        checkpoint.Offsets.TryGetValue(partition, out var offset) ? offset : null;

    private long SizeOf(string folder)
    {
        long bytes = 0;
        foreach (var name in _options.Files.ListFiles($"{_options.DataDirectory}/{folder}"))
        {
            if (!name.EndsWith(".log", StringComparison.Ordinal))
                continue;
            using var file = _options.Files.Open($"{_options.DataDirectory}/{folder}/{name}", FileOpenKind.Read);
            bytes += file.Length;
        }

        return bytes;
    }

    private CheckpointContent ReadCheckpoint(string name, FindingKind kind)
    {
        var content = new OffsetCheckpoint(_options.Files, $"{_options.DataDirectory}/{name}").Read();
        foreach (var problem in content.Problems)
            _findings.Add(name, kind, problem);
        return content;
    }
}
