using Chronik.Client;
using Chronik.Protocol;

namespace Chronik.Campaigns.RealBroker;

/// <summary>Holds the records of one partition against what its writers know.</summary>
internal sealed class PartitionCheck(TopicStory story, int partition)
{
    private const int WrongMax = 5;

    private readonly Dictionary<int, List<(int Sequence, long Offset)>> _seen = [];
    private readonly List<string> _wrong = [];
    private long _next;

    public TopicPartition TopicPartition { get; } = new(story.Name, partition);

    public IReadOnlyList<string> Wrong => _wrong;

    public long Records { get; private set; }

    public long Acknowledged { get; private set; }

    /// <summary>Takes the next record as it was read.</summary>
    public void Take(ConsumedRecord record)
    {
        Records++;
        if (record.Offset != _next)
            Found($"offset {record.Offset} follows on {_next - 1}");
        _next = record.Offset + 1;
        if (LoadRecord.Parse(record.Value.GetValueOrDefault().Span) is not var (topic, writer, sequence))
            Found($"offset {record.Offset}: not a record as it was sent");
        else if (topic != story.Number || !story.Writers.Any(known => known.Number == writer && known.Partition == partition))
            Found($"offset {record.Offset}: record {sequence} of writer {writer} of life {topic} does not belong here");
        else if (_seen.TryGetValue(writer, out var seen))
            seen.Add((sequence, record.Offset));
        else
            _seen.Add(writer, [(sequence, record.Offset)]);
    }

    /// <summary>Called when all was taken.</summary>
    public void Finish(long acknowledgedBefore, long sentBefore)
    {
        foreach (var writer in story.Writers.Where(writer => writer.Partition == partition))
            Finish(writer, writer.Snapshot(), _seen.GetValueOrDefault(writer.Number, []), acknowledgedBefore, sentBefore);
    }

    private void Finish(WriterStory writer, RecordStory[] sent, List<(int Sequence, long Offset)> seen, long acknowledgedBefore, long sentBefore)
    {
        var who = $"writer {writer.Number}{(writer.IsIdempotent ? " (idempotent)" : "")}";
        var offsets = new Dictionary<int, long>();
        var last = -1;
        foreach (var (sequence, offset) in seen)
        {
            if (sequence >= sent.Length || sent[sequence].SentAt > sentBefore)
                Found($"{who}: record {sequence} at offset {offset} was never sent");
            else if (offsets.ContainsKey(sequence) && writer.IsIdempotent)
                Found($"{who}: record {sequence} is there twice, also at offset {offset}");
            else if (!offsets.ContainsKey(sequence) && sequence < last)
                Found($"{who}: record {sequence} at offset {offset} comes after record {last}");
            last = Math.Max(last, sequence);

            // A plain producer that asked again is told the offset of the last copy.
            offsets[sequence] = offset;
        }

        for (var sequence = 0; sequence < sent.Length; sequence++)
        {
            var record = sent[sequence];
            var isThere = offsets.TryGetValue(sequence, out var offset);
            var mustBeThere = record.AcknowledgedAt < acknowledgedBefore || (record.IsAcknowledged && sequence < last);
            if (!isThere && mustBeThere)
                Found($"{who}: record {sequence} was acknowledged (offset {record.Offset}) and is lost; the last one there is {last}");
            else if (isThere && record.AcknowledgedAt < acknowledgedBefore && record.Offset >= 0 && record.Offset != offset)
                Found($"{who}: record {sequence} is at offset {offset} but was acknowledged at {record.Offset}");
            Acknowledged += isThere && record.AcknowledgedAt < acknowledgedBefore ? 1 : 0;
        }
    }

    private void Found(string what)
    {
        if (_wrong.Count < WrongMax)
            _wrong.Add($"{TopicPartition} (life {story.Number}): {what}");
        else if (_wrong.Count == WrongMax)
            _wrong.Add($"{TopicPartition} (life {story.Number}): and more");
    }
}
