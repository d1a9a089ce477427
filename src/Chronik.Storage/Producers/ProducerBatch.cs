using System.Runtime.CompilerServices;

namespace Chronik.Storage.Producers;

/// <summary>One of the last batches of a producer, enough to answer a repeat of it.</summary>
internal record struct ProducerBatch(int LastSequence, long LastOffset, int OffsetDelta, long TimestampMs)
{
    public readonly int FirstSequence => Sequences.Minus(LastSequence, OffsetDelta);

    public readonly long FirstOffset => LastOffset - OffsetDelta;
}

/// <summary>The last batches of a producer: as many as it may have under way (max.in.flight.requests.per.connection).</summary>
[InlineArray(Length)]
internal struct ProducerBatches
{
    public const int Length = 5;
    private ProducerBatch _first;
}
