using System.Runtime.CompilerServices;

namespace Chronik.Storage.Producers;

/// <summary>One of the last batches of a producer, enough to answer a repeat of it.</summary>
/// <param name="LastSequence">The sequence number of its last record.</param>
/// <param name="LastOffset">The offset of its last record.</param>
/// <param name="OffsetDelta">How far its first record is from its last.</param>
/// <param name="AppendedMs">When it was appended; with LogAppendTime that is its timestamp.</param>
internal record struct ProducerBatch(int LastSequence, long LastOffset, int OffsetDelta, long AppendedMs)
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
