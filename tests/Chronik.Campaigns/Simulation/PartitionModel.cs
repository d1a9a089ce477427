using Chronik.Protocol;
using Chronik.TestKit;

namespace Chronik.Campaigns.Simulation;

/// <summary>What a partition's log must hold: all that was appended in order, and how much of it no crash may take.</summary>
internal sealed class PartitionModel(TopicPartition partition, TopicId topicId)
{
    private const int RememberedBatches = 5;
    private readonly List<ModelBatch> _ghosts = [];
    private long _floor;

    public TopicPartition TopicPartition => partition;

    public TopicId TopicId => topicId;

    /// <summary>From offset 0 on, also what was trimmed.</summary>
    public List<ModelBatch> Batches { get; } = [];

    public ModelTransactions Transactions { get; private set; } = new();

    public long EndOffset => Math.Max(_floor, Batches.Count == 0 ? 0 : Batches[^1].NextOffset);

    /// <summary>Below it everything was acknowledged or shown to readers: it must be there whatever happens.</summary>
    public long Durable { get; private set; }

    /// <summary>The largest start offset that was asked for, and the one that was promised.</summary>
    public long TrimAsked { get; set; }

    public long TrimPromised { get; private set; }

    /// <summary>The smallest bounds of retention that were in force so far; -1: none.</summary>
    public long RetentionMs { get; private set; } = -1;

    public long RetentionBytes { get; private set; } = -1;

    /// <summary>The high watermark and log start last seen in this life of the process.</summary>
    public long HighWatermarkSeen { get; set; }

    public long StartSeen { get; set; }

    /// <summary>It was compacted once, or may have been: records that others of their key superseded may be gone.</summary>
    public bool MayBeCompacted { get; set; }

    /// <summary>The offsets that the last start found in a log that may be compacted; null: all of them.</summary>
    public IReadOnlySet<long>? Left { get; set; }

    public void Append(ModelBatch batch)
    {
        Batches.Add(batch);
        Transactions.Add(batch);
    }

    /// <summary>A tail that the disk lost, and that was never durable, was cut: all of it is as if it had never been.</summary>
    public void CutTo(long offset)
    {
        var kept = Batches.Where(batch => batch.NextOffset <= offset).ToList();
        Batches.Clear();
        Transactions = new ModelTransactions();
        foreach (var batch in kept)
            Append(batch);
        HighWatermarkSeen = Math.Min(HighWatermarkSeen, offset);
    }

    /// <summary>An append that failed: it may be there after a crash all the same.</summary>
    public void Failed(ModelBatch batch) => _ghosts.Add(batch);

    /// <summary>Everything below an offset was acknowledged (as durable) or seen by a reader.</summary>
    public void Promise(long offset)
    {
        if (offset <= Durable || At(offset - 1) is { IsOsOnly: true })
            return;
        Durable = offset;
        _ghosts.RemoveAll(ghost => ghost.BaseOffset < offset);
    }

    /// <summary>It was once enough (flush=os): then a power cut may also take what a trim counted on.</summary>
    public bool WasOsOnly { get; set; }

    /// <summary>The disk once refused, while the machine ran on, to take what a log file held.</summary>
    public bool WasRefused { get; set; }

    /// <summary>
    /// With flush=os a later record may stand behind what the disk refused to take. Nobody was promised that it is durable, but it is no torn
    /// tail either: it is told as damage.
    /// </summary>
    public bool MayBeDamagedFrom(long offset) => WasOsOnly && WasRefused && offset >= Durable;

    /// <summary>From now on the page cache is enough: what is not durable yet is acknowledged from there, too.</summary>
    public void TakeOsOnly()
    {
        for (var i = Batches.Count - 1; i >= 0 && Batches[i].NextOffset > Durable; i--)
            Batches[i] = Batches[i] with { IsOsOnly = true };
        WasOsOnly = true;
    }

    /// <summary>Closed in peace on a disk that is well: all of it is there.</summary>
    public void PromiseAll()
    {
        for (var i = 0; i < Batches.Count; i++)
            Batches[i] = Batches[i] with { IsOsOnly = false };
        Promise(EndOffset);
    }

    public void PromiseTrim(long offset) => TrimPromised = Math.Max(TrimPromised, offset);

    public void Configure(long retentionMs, long retentionBytes)
    {
        RetentionMs = Tighter(RetentionMs, retentionMs);
        RetentionBytes = Tighter(RetentionBytes, retentionBytes);
    }

    /// <summary>The batch that holds an offset, or null.</summary>
    public ModelBatch? At(long offset)
    {
        var low = 0;
        var high = Batches.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Batches[middle].LastOffset < offset)
                low = middle + 1;
            else if (Batches[middle].BaseOffset > offset)
                high = middle - 1;
            else
                return Batches[middle];
        }

        return null;
    }

    /// <summary>All records that producers wrote, as compaction sees them.</summary>
    public IEnumerable<KeyedRecord> Written()
    {
        foreach (var batch in Batches.Where(static batch => !batch.IsControl))
        {
            var isCommitted = batch.IsTransactional ? Transactions.HasCommitted(batch) : true;
            for (var i = 0; i < batch.Count; i++)
                yield return new KeyedRecord(batch.BaseOffset + i, batch.Records[i].Key, batch.Records[i].Value is null, isCommitted);
        }
    }

    /// <summary>The batches of a producer that the log must know again when they are repeated, oldest first.</summary>
    public ModelBatch[] Remembered(long producerId, long logStart)
    {
        var all = Batches.FindAll(batch => batch.ProducerId == producerId && !batch.IsControl);
        return [.. all.FindAll(batch => batch.Epoch == all[^1].Epoch).TakeLast(RememberedBatches).Where(batch => batch.BaseOffset >= logStart)];
    }

    public IEnumerable<ModelBatch> GhostsAt(long offset) => _ghosts.Where(ghost => ghost.BaseOffset == offset);

    /// <summary>A new life: the log is what was found, and all of it counts from now on.</summary>
    public void Continue(long from, List<ModelBatch> found)
    {
        // Compaction touches nothing but what is durable: of that, all that was written stays known.
        var known = MayBeCompacted ? Math.Max(from, Durable) : from;
        List<ModelBatch> all = [.. Batches.Where(batch => batch.NextOffset <= known), .. found.Where(batch => batch.NextOffset > known || !MayBeCompacted)];
        _ghosts.Clear();
        Batches.Clear();
        Transactions = new ModelTransactions();
        foreach (var batch in all)
            Append(batch with { IsOsOnly = false });
        _floor = Math.Max(_floor, from);
        Durable = EndOffset;
        HighWatermarkSeen = 0;
    }

    private static long Tighter(long one, long other) => one < 0 ? other : other < 0 ? one : Math.Min(one, other);
}
