using Chronik.Storage.Verification;

namespace Chronik.Campaigns.Corruption;

/// <summary>Which batches of a partition a mutation changed, and what may be said of them.</summary>
internal sealed class PartitionDamage
{
    private const string LogStarts = "/log-start-offset-checkpoint";
    private readonly StoreImage _image;
    private readonly ImagePartition _partition;
    private readonly bool[] _affected;

    public PartitionDamage(StoreImage image, ImagePartition partition, Mutation mutation)
    {
        var files = mutation.Files;
        MayStartEarlier = mutation.Changed.Any(static path => path.EndsWith(LogStarts, StringComparison.Ordinal));
        _image = image;
        _partition = partition;
        _affected = [.. partition.Batches.Select(batch => !files.TryGetValue(batch.File, out var bytes)
            || bytes.Length < batch.End
            || !bytes.AsSpan(batch.Position, batch.Bytes.Length).SequenceEqual(batch.Bytes))];
        LowestEnd = LowestEndOf();
    }

    public int AffectedCount => _affected.Count(static affected => affected);

    /// <summary>What says where the log starts is damaged: then deleted records may show up again, and that is told.</summary>
    public bool MayStartEarlier { get; }

    /// <summary>The log may not end below it.</summary>
    public long LowestEnd { get; }

    /// <summary>Damage that can be told from a log that ended earlier.</summary>
    public bool CanBeSeen => Enumerable.Range(0, _affected.Length).Any(index =>
        IsLoss(index) && _partition.Batches[index].BaseOffset >= _partition.StartOffset);

    /// <summary>Whether it may be gone: damaged itself, or behind damage that a power cut could have left.</summary>
    public bool MayBeGone(int index) => _affected[index] || _partition.Batches[index].BaseOffset >= LowestEnd;

    /// <summary>Holds what the verification found against what was done.</summary>
    public IEnumerable<string> Judge(IReadOnlyList<LogFinding> findings)
    {
        var mine = findings.Where(finding => finding.Partition == _partition.Partition.ToString()).ToList();
        for (var i = 0; i < _affected.Length; i++)
        {
            var batch = _partition.Batches[i];
            if (IsLoss(i) && batch.BaseOffset >= _partition.StartOffset && !mine.Exists(finding => Covers(finding, batch)))
                yield return $"verify: {_partition.Partition}: the damage to offsets {batch.BaseOffset}-{batch.NextOffset - 1} was not found";
            var blaming = mine.Find(finding => finding.Kind is FindingKind.DamagedBatch or FindingKind.WrongEpoch or FindingKind.WrongOffset or FindingKind.MissingTail
                && finding.FirstOffset <= batch.BaseOffset && finding.NextOffset >= batch.NextOffset);
            if (!MayBeGone(i) && blaming is not null)
                yield return $"verify: {_partition.Partition}: offsets {batch.BaseOffset}-{batch.NextOffset - 1} are sound, but called: {blaming.Problem}";
        }
    }

    // A segment of batches without records, emptied, looks as compaction may leave it, and nothing is lost.
    private bool IsLoss(int index) => _affected[index] && !LooksWhole(index) && !_partition.Batches[index].IsEmpty;

    private bool Covers(LogFinding finding, ImageBatch batch)
    {
        if (finding.FirstOffset <= batch.BaseOffset && finding.NextOffset >= batch.NextOffset)
            return true;
        var name = batch.File[(batch.File.LastIndexOf('/') + 1)..];

        // The tail of a log that was not closed has no offsets: nobody knows what was to be there.
        return _image.Ending != ImageEnding.Closed && batch.BaseOffset >= _partition.RecoveryPoint
            && finding.Kind is FindingKind.TornTail or FindingKind.DamagedBatch && finding.File == name && finding.Position <= batch.Position;
    }

    // Cut at a batch's end behind the last checkpoint, a log that was not closed looks whole.
    private bool LooksWhole(int index) =>
        _image.Ending != ImageEnding.Closed && _partition.Batches[index].BaseOffset >= _partition.RecoveryPoint && !_affected.AsSpan(index).Contains(false);

    // Below the recovery point, and after a clean stop, what is gone is known to be. Behind it, a kill leaves at most the last
    // write in part, and a power cut may leave a hole, behind which nothing was durable.
    private long LowestEndOf()
    {
        var end = _partition.EndOffset;
        if (_image.Ending == ImageEnding.Closed)
            return end;
        var first = Array.FindIndex(_affected, static affected => affected);
        for (; first >= 0 && first < _affected.Length; first++)
        {
            if (_affected[first] && _partition.Batches[first].BaseOffset >= _partition.RecoveryPoint
                && (_image.Ending == ImageEnding.Cut || _affected.AsSpan(first).IndexOf(false) < 0))
                return _partition.Batches[first].BaseOffset;
        }

        return end;
    }
}
