using Chronik.Campaigns.Simulation;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>What a partition must hold: what was acknowledged or shown to a reader, at its offsets.</summary>
internal sealed class PartitionRecords(Incarnation topic, int index)
{
    private readonly SortedDictionary<long, SentRecord> _known = [];
    private readonly List<SentRecord> _tombstones = [];

    public Incarnation Topic => topic;

    public int Index => index;

    /// <summary>The highest watermark that was shown or acknowledged: it never goes back.</summary>
    public long Promised { get; private set; }

    /// <summary>The largest log start that was asked for, and the one that was promised.</summary>
    public long TrimAsked { get; set; }

    public long TrimPromised { get; private set; }

    public void PromiseTrim(long offset) => TrimPromised = Math.Max(TrimPromised, offset);

    public void Promise(long highWatermark) => Promised = Math.Max(Promised, highWatermark);

    /// <summary>A tombstone is sent; as long as nobody knows what came of it, it may have removed its key.</summary>
    public void Sent(SentBatch batch) => _tombstones.AddRange(batch.Records.Where(static record => record.Value is null));

    /// <summary>A batch was acknowledged as durable.</summary>
    public void Acknowledge(SentBatch batch, long offset)
    {
        if (batch.Offset >= 0 && batch.ProducerId >= 0 && ReferenceEquals(batch.In, topic) && batch.Offset != offset)
            throw Wrong($"answers offset {offset} for a repeat of {batch}");
        if (batch.Offset < 0 || batch.ProducerId >= 0)
            (batch.Offset, batch.In) = (offset, topic);
        for (var i = 0; i < batch.Records.Length; i++)
            Show(offset + i, batch.Records[i]);
        Promise(offset + batch.Records.Length);
        _tombstones.RemoveAll(record => ReferenceEquals(record.Batch, batch));
    }

    /// <summary>A record was acknowledged at an offset, or shown there: no other one ever is.</summary>
    public void Show(long offset, SentRecord record)
    {
        if (_known.TryGetValue(offset, out var known) && known != record)
            throw Wrong($"has {record} at {offset}, where {known} was before");
        _known[offset] = record;
    }

    /// <summary>A reader was given a record.</summary>
    public void Read(long offset, SentRecord record)
    {
        var batch = record.Batch;
        if (batch.Topic != topic.Name || batch.Partition != index)
            throw Wrong($"has {record} at {offset}, which was sent elsewhere");
        if (!batch.MayBeIn(topic.CreateStarted))
            throw Wrong($"has {record} at {offset}, which was sent to an earlier topic of that name");
        if (batch.ProducerId >= 0 && batch.Offset >= 0 && ReferenceEquals(batch.In, topic) && batch.Offset + Array.IndexOf(batch.Records, record) != offset)
            throw Wrong($"has {record} at {offset} as well");
        Show(offset, record);
    }

    /// <summary>All of it was read, from the log start to the high watermark.</summary>
    public void CheckWhole(IReadOnlyList<(long Offset, SentRecord Record)> found, long start, long highWatermark)
    {
        CheckBounds(start, highWatermark);
        var offsets = found.Select(static each => each.Offset).ToHashSet();
        if (!topic.MayCompact && found.Count != highWatermark - start)
            throw Wrong($"has {found.Count} records from {start} to {highWatermark}");
        CheckMissing(found, offsets, start);
        CheckRepeats(found);
        Promise(highWatermark);
    }

    /// <summary>The bounds that a reader was shown.</summary>
    public void CheckBounds(long start, long highWatermark)
    {
        if (highWatermark < Promised)
            throw Wrong($"has the high watermark {highWatermark}; {Promised} was acknowledged or shown");
        if (start > TrimAsked && !topic.MayExpire)
            throw Wrong($"starts at {start}; it was only trimmed to {TrimAsked} and has no retention");
        if (start < TrimPromised)
            throw Wrong($"starts at {start}, but was trimmed to {TrimPromised}");
        if (start > highWatermark)
            throw Wrong($"starts at {start}, behind its end {highWatermark}");
    }

    public SimulationFailure Wrong(string what) => new($"{topic}-{index} {what}");

    private void CheckMissing(IReadOnlyList<(long Offset, SentRecord Record)> found, HashSet<long> offsets, long start)
    {
        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (offset, record) in found)
            last[KeyOf(record)] = offset;
        var removed = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (offset, record) in _known)
        {
            if (record.Value is null && offset >= start && !offsets.Contains(offset))
                removed[KeyOf(record)] = offset;
        }

        foreach (var (offset, record) in _known)
        {
            if (offset < start || offsets.Contains(offset))
                continue;
            if (!topic.MayCompact)
                throw Wrong($"lost {record} at {offset} (it starts at {start})");
            var key = KeyOf(record);
            if (last.GetValueOrDefault(key, -1) < offset && removed.GetValueOrDefault(key, -1) < offset && !_tombstones.Exists(sent => KeyOf(sent) == key))
                throw Wrong($"lost {record} at {offset}, the last of its key '{key}'");
        }

        foreach (var (offset, record) in found)
        {
            if (removed.GetValueOrDefault(KeyOf(record), -1) > offset)
                throw Wrong($"still has {record} at {offset}, though the tombstone behind it is gone");
        }
    }

    private void CheckRepeats(IReadOnlyList<(long Offset, SentRecord Record)> found)
    {
        foreach (var times in found.CountBy(static each => each.Record))
        {
            var batch = times.Key.Batch;
            if (times.Value > (batch.ProducerId >= 0 ? 1 : batch.Attempts))
                throw Wrong($"has {times.Key} {times.Value} times");
        }

        var sequences = new Dictionary<long, int>();
        foreach (var (offset, record) in found)
        {
            if (record.Batch.ProducerId < 0)
                continue;
            if (sequences.TryGetValue(record.Batch.ProducerId, out var before) && record.Batch.BaseSequence < before)
                throw Wrong($"has {record} at {offset}, behind sequence {before}");
            sequences[record.Batch.ProducerId] = record.Batch.BaseSequence;
        }
    }

    private static string KeyOf(SentRecord record) => System.Text.Encoding.ASCII.GetString(record.Key);
}
