using Chronik.Client;
using Chronik.Protocol;

namespace Chronik.Server.Commands.Records;

/// <summary>Remembers where partitions ended when they were first looked at.</summary>
internal sealed class EndOfTopic(KafkaClient client)
{
    private readonly Dictionary<TopicPartition, long> _ends = [];

    /// <summary>True when partitions are assigned, and the end of each is reached.</summary>
    public async Task<bool> IsReachedAsync(IReadOnlyDictionary<TopicPartition, long> positions, CancellationToken cancellation)
    {
        var unknown = positions.Keys.Where(partition => !_ends.ContainsKey(partition)).ToDictionary(partition => partition, _ => StartAt.End);
        if (unknown.Count > 0)
        {
            foreach (var (partition, end) in await client.ListOffsetsAsync(unknown, cancellation))
                _ends[partition] = end;
        }

        return positions.Count > 0 && positions.All(position => position.Value >= _ends[position.Key]);
    }

    /// <summary>True for a record that came after the end was looked at.</summary>
    public bool IsBehind(ConsumedRecord record) =>
        _ends.TryGetValue(record.Partition, out var end) && record.Offset >= end;
}
