using Chronik.Client;
using Chronik.Protocol;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Records;

/// <summary>Adds up where records were stored, without keeping more than some thousand of them in mind.</summary>
internal sealed class ProducedTally
{
    private const int UnderWayMax = 10_000;

    private readonly Queue<Task<DeliveryReport>> _underWay = new();
    private readonly SortedDictionary<(string Topic, int Partition), ProducedRow> _rows = [];

    public async Task AddAsync(Task<DeliveryReport> delivery)
    {
        _underWay.Enqueue(delivery);
        while (_underWay.Count > UnderWayMax)
            Count(await _underWay.Dequeue());
    }

    public async Task FinishAsync()
    {
        while (_underWay.TryDequeue(out var delivery))
            Count(await delivery);
    }

    public List<ProducedRow> Rows() => [.. _rows.Values];

    private void Count(DeliveryReport report)
    {
        TopicPartition partition = report.Partition;
        var key = (partition.Topic, partition.Partition);
        _rows[key] = _rows.TryGetValue(key, out var row)
            ? row with
            {
                Records = row.Records + 1,
                FirstOffset = Math.Min(row.FirstOffset, report.Offset),
                LastOffset = Math.Max(row.LastOffset, report.Offset),
            }
            : new ProducedRow(partition.Topic, partition.Partition, 1, report.Offset, report.Offset);
    }
}
