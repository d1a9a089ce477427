using Chronik.Records;

namespace Chronik.Client;

/// <summary>How a <see cref="Producer"/> sends.</summary>
public sealed record ProducerOptions
{
    /// <summary>When a record counts as delivered.</summary>
    public Acks Acks { get; init; } = Acks.All;

    /// <summary>Whether a record that is sent again is stored once (KIP-98). Needs <see cref="Acks.All"/>.</summary>
    public bool EnableIdempotence { get; init; } = true;

    /// <summary>How batches are compressed.</summary>
    public CompressionCodec Compression { get; init; }

    /// <summary>How long a batch that is not full waits for more records. While one is under way, the next fills anyway.</summary>
    public TimeSpan Linger { get; init; }

    /// <summary>How large a batch becomes, before compression; a record that is larger has a batch of its own.</summary>
    public int BatchBytesMax { get; init; } = 128 * 1024;

    /// <summary>How much may wait to be sent before <see cref="Producer.ProduceAsync"/> waits for room.</summary>
    public long BufferBytesMax { get; init; } = 32L * 1024 * 1024;

    /// <summary>How long to go on trying before a record has failed.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);
}
