using Chronik.Protocol;
using Chronik.Storage;
using Chronik.Storage.Compaction;
using Chronik.Storage.Importing;
using Chronik.Storage.Log;

namespace Chronik.Broker.Importing;

/// <summary>
/// Takes topics, their records and settings, and committed offsets out of the data folders of a stopped Kafka. All is
/// copied into a folder aside first; one rename makes it count. A crash before leaves nothing, one behind it is made up
/// for at the next start.
/// </summary>
internal sealed class KafkaImport
{
    private const string LockFile = ".lock";
    private static readonly CleanerConfig s_noCleaner = new() { IsEnabled = false };

    private readonly ImportSeams _seams;
    private readonly ImportRequest _request;
    private readonly Action<long, long> _progress;
    private readonly List<string> _notes = [];
    private readonly List<string> _damage = [];
    private readonly Dictionary<TopicPartition, CopiedPartition> _copied = [];

    private KafkaImport(ImportSeams seams, ImportRequest request, Action<long, long> progress)
    {
        _seams = seams;
        _request = request;
        _progress = progress;
    }

    private string Stage => $"{_request.DataDirectory}/{StagedLogs.UnfinishedFolder}";

    /// <summary>Imports.</summary>
    /// <param name="seams">What it works with.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="progress">Told how many bytes of how many were copied.</param>
    /// <exception cref="ImportException">It cannot be done; nothing was imported.</exception>
    internal static Task<ImportReport> RunAsync(ImportSeams seams, ImportRequest request, Action<long, long> progress) =>
        new KafkaImport(seams, request, progress).RunAsync();

    private async Task<ImportReport> RunAsync()
    {
        if (_request.Sources.Contains(_request.DataDirectory, StringComparer.Ordinal))
            throw new ImportException($"{_request.DataDirectory} is the folder to import from and the one to import into: name another data folder with --data-dir.");
        using var sources = ImportSources.Open(_seams.Files, _request.Sources);
        var image = ClusterImageReader.Read(_seams.Files, sources.Find(new TopicPartition(KafkaFolder.MetadataTopic, 0))!);
        using var dataLock = LockTarget();
        StagedLogs.MoveIn(_seams.Files, _request.DataDirectory);
        await using var catalog = _seams.OpenCatalog(_request.DataDirectory);
        var stored = await ImportJournal.FinishAsync(_seams.Files, _request.DataDirectory, catalog, await catalog.LoadAsync());
        _seams.Files.DeleteDirectory(Stage);
        var plan = ImportPlan.Make(_seams.Files, _request, sources, image, stored);
        if (plan.Taken.Count == 0)
            return Report(plan, groupCount: 0, offsetCount: 0);
        Copy(plan, sources);
        var committing = PreparedTransactions.Read(_seams.Files, sources.PathsOf(KafkaFolder.TransactionsTopic));
        await RecoverAsync(committing, image);
        if (!StagedLogs.WereClosedCleanly(_seams.Files, Stage))
            throw new ImportException($"The copies in {Stage} could not be made durable; the log lines above say why. Nothing was imported: mend the disk, then import again.");
        var groups = new KafkaGroupsReader(_seams.Files, committing).Read(sources.PathsOf(KafkaFolder.OffsetsTopic));
        var journal = ImportRows.Make(plan.Taken, image, groups, _seams.Time.GetUtcNow(), _notes);
        Note(image, groups);
        journal.Save(_seams.Files, Stage);
        StagedLogs.Finish(_seams.Files, _request.DataDirectory);
        StagedLogs.MoveIn(_seams.Files, _request.DataDirectory);
        await ImportJournal.FinishAsync(_seams.Files, _request.DataDirectory, catalog, stored);
        return Report(plan, journal.Offsets.Select(static offset => offset.GroupId).Distinct(StringComparer.Ordinal).Count(), journal.Offsets.Count);
    }

    private IDisposable LockTarget()
    {
        var directory = _request.DataDirectory;
        if (_seams.Files.FileExists($"{directory}/meta.properties"))
            throw new ImportException($"{directory} is a data folder of Kafka itself: name another one for Chronik with --data-dir.");
        _seams.Files.CreateDirectory(directory);
        return _seams.Files.TryLock($"{directory}/{LockFile}")
            ?? throw new ImportException($"The data folder {directory} is in use by a running server: stop it, then import.");
    }

    private void Copy(ImportPlan plan, ImportSources sources)
    {
        var files = _seams.Files;
        var copier = new PartitionCopier(files);
        var partitions = plan.Taken.SelectMany(static topic => topic.Partitions.Order().Select(index => (topic.Id, Partition: new TopicPartition(topic.Name, index)))).ToList();
        var total = partitions.Sum(item => copier.SizeOf(sources.Find(item.Partition)!));
        var available = files.AvailableBytes(_request.DataDirectory);
        if (total > available)
            throw new ImportException($"The topics take {total:N0} bytes, but on {_request.DataDirectory} only {available:N0} are free: make room, name a data folder on another disk with --data-dir, or take fewer topics with --topic.");
        files.CreateDirectory(Stage);
        files.SyncDirectory(_request.DataDirectory);
        long done = 0;
        foreach (var (id, partition) in partitions)
        {
            var copied = copier.Copy(sources.Find(partition)!, $"{Stage}/{partition}", id, bytes => _progress(done += bytes, total));
            _copied[partition] = copied;
            _damage.AddRange(copied.Damage.Select(damage => Sentence(partition, damage, sources.FolderOf(partition)!)));
        }

        StagedLogs.SaveCheckpoints(
            files,
            Stage,
            sources.Folders.Select(folder => KeyValuePair.Create(
                folder.Directory,
                (IReadOnlyCollection<TopicPartition>)[.. _copied.Keys.Where(partition => sources.FolderOf(partition) == folder)])),
            sources.WereClosedCleanly);
    }

    // The logs are opened once as a server would open them: what Kafka did not close is recovered, and what is open is ended.
    private async Task RecoverAsync(HashSet<long> committing, ClusterImage image)
    {
        await using var logs = await LogStore.OpenAsync(new LogStoreOptions
        {
            DataDirectory = Stage,
            Files = _seams.Files,
            Time = _seams.Time,
            Scheduler = _seams.Scheduler,
            LoggerFactory = _seams.LoggerFactory,
            ConfigOf = partition => new LogConfig
            {
                RetentionMs = -1,
                ProducerIdExpirationMs = long.MaxValue,
                IsCompacted = image.TopicConfigs.TryGetValue((partition.Topic, "cleanup.policy"), out var policy) && policy.Contains("compact", StringComparison.Ordinal),
            },
            Cleaner = static () => s_noCleaner,
        });
        foreach (var partition in _copied.Keys)
        {
            if (!logs.TryGet(partition, out var log))
                throw new ImportException($"The copy of {partition} cannot be opened; the log lines above say why. Nothing was imported: leave topic '{partition.Topic}' out with --topic, or repair it with Kafka.");
            if (log.TopicId == TopicId.None)
                throw new ImportException($"The copy of {partition} lost its topic's identity: import again.");
            await OpenTransactions.EndAsync(log, committing, _seams.Time, _notes);
        }

        _notes.Sort(StringComparer.Ordinal);
    }

    private void Note(ClusterImage image, KafkaGroups groups)
    {
        foreach (var (what, count) in image.Foreign)
            _notes.Add($"{count} {what}{(count == 1 ? "" : "s")} left out: not served yet.");
        foreach (var ((broker, name), value) in image.BrokerConfigs.OrderBy(static config => config.Key))
        {
            // Kafka's controller sets it by itself (KIP-966), and here a partition has one replica.
            if (name != "min.insync.replicas")
                _notes.Add($"The brokers' setting {name}={value}{(broker.Length == 0 ? "" : $" of broker {broker}")} was left out: set it in chronik.properties.");
        }

        if (groups.Foreign.Count > 0)
            _notes.Add($"Share and Streams groups left out, not served yet: {string.Join(", ", groups.Foreign.Order(StringComparer.Ordinal))}.");
        foreach (var file in groups.DamagedFiles.Distinct(StringComparer.Ordinal))
            _damage.Add($"{file} is damaged: offsets that were committed there may be older than they should be.");
    }

    private static string Sentence(TopicPartition partition, CopiedDamage damage, KafkaFolder folder)
    {
        var bytes = $"{partition}: bytes {damage.Position} to {damage.End} of {damage.File} are no valid records";
        if (damage.NextOffset is { } next)
            return $"{bytes}; offsets {damage.FirstOffset} to {next - 1} cannot be read, what follows can.";
        return folder.WasClosedCleanly
            ? $"{bytes}; what the file held from offset {damage.FirstOffset} on cannot be read."
            : $"{bytes}, torn when Kafka was killed: cut, the log ends at offset {damage.FirstOffset}.";
    }

    private ImportReport Report(ImportPlan plan, int groupCount, int offsetCount)
    {
        var taken = plan.Taken.Select(topic =>
        {
            var parts = topic.Partitions.Select(partition => _copied[new TopicPartition(topic.Name, partition)]).ToList();
            return new ImportedTopic(topic.Name, topic.Id.ToString(), parts.Count, parts.Sum(static part => part.Records), parts.Sum(static part => part.Bytes), ImportedTopic.Taken);
        });
        return new ImportReport
        {
            Topics = [.. taken.Concat(plan.LeftOut).OrderBy(static topic => topic.Name, StringComparer.Ordinal)],
            GroupCount = groupCount,
            OffsetCount = offsetCount,
            Notes = _notes,
            Damage = _damage,
        };
    }
}
