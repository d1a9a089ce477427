using Chronik.Records;

namespace Chronik.Client;

/// <summary>A record to be produced.</summary>
public sealed record ProducerRecord
{
    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The partition; null to choose one by the key, or any.</summary>
    public int? Partition { get; init; }

    /// <summary>The key, or null.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>The value, or null: a tombstone on a compacted topic.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>Its headers.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; init; } = [];

    /// <summary>When it came to be; null for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>About how many bytes it takes in a batch.</summary>
    internal int EstimatedBytes
    {
        get
        {
            const int overhead = 32;
            int bytes = overhead + (Key?.Length ?? 0) + (Value?.Length ?? 0);
            foreach (var header in Headers)
                bytes += 10 + header.Key.Length + (header.Value?.Length ?? 0);
            return bytes;
        }
    }
}
