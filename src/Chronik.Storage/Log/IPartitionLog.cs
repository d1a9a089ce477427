using Chronik.Protocol;

namespace Chronik.Storage.Log;

/// <summary>
/// One partition's records, as the broker uses them: append, read, find an offset, trim, producer and transaction state.
/// A second implementation (object storage) must pass the same contract tests.
/// </summary>
/// <remarks>Every member may be called from any thread. Offsets are the partition's own, from 0.</remarks>
public interface IPartitionLog
{
    /// <summary>Whose log this is.</summary>
    TopicPartition TopicPartition { get; }

    /// <summary>The identity of the topic.</summary>
    TopicId TopicId { get; }

    /// <summary>The epoch that appended batches are stamped with (KIP-101).</summary>
    int LeaderEpoch { get; }

    /// <summary>The first offset that can be read.</summary>
    long LogStartOffset { get; }

    /// <summary>The offset that the next record gets; records below it are written, not all of them durable.</summary>
    long LogEndOffset { get; }

    /// <summary>Records below it are durable and may be read. With <c>flush=os</c> it equals <see cref="LogEndOffset"/>.</summary>
    long HighWatermark { get; }

    /// <summary>Records below it belong to no open transaction (KIP-98); at most <see cref="HighWatermark"/>.</summary>
    long LastStableOffset { get; }

    /// <summary>Bytes in all segments.</summary>
    long SizeBytes { get; }

    /// <summary>The settings in force; assigning them takes effect with the next append.</summary>
    LogConfig Config { get; set; }

    /// <summary>
    /// Gives validated record batches their offsets (patched in place), checks the producer's sequence, and writes them.
    /// Returns when they are written; <see cref="WhenDurable"/> tells when they are durable.
    /// </summary>
    /// <param name="batches">One or more whole v2 batches, validated by Chronik.Records; offsets and leader epoch are overwritten.</param>
    /// <param name="origin">Who appends: a client, or the broker itself (control batches).</param>
    AppendResult Append(Memory<byte> batches, AppendOrigin origin);

    /// <summary>Completes when every record below <paramref name="offset"/> is durable, with the error if that failed.</summary>
    ValueTask<ErrorCode> WhenDurable(long offset);

    /// <summary>Reads from the start of the batch that holds <paramref name="offset"/>; never past the bound. A caller disposes what it got.</summary>
    /// <param name="offset">From <see cref="LogStartOffset"/> to <see cref="LogEndOffset"/>; else OFFSET_OUT_OF_RANGE.</param>
    /// <param name="bytesMax">At most so many bytes, but for <paramref name="atLeastOneBatch"/>; the last batch may be cut short there, as in Kafka.</param>
    /// <param name="bound">The first offset that must not be returned.</param>
    /// <param name="atLeastOneBatch">Returns the first batch whole even if it is larger than <paramref name="bytesMax"/>.</param>
    ReadResult Read(long offset, int bytesMax, ReadBound bound, bool atLeastOneBatch);

    /// <summary>Where its segments begin, ascending, the first at <see cref="LogStartOffset"/>. One that has no segments is one.</summary>
    IReadOnlyList<long> SegmentBaseOffsets();

    /// <summary>Finds the first record, by offset, whose timestamp is at or after <paramref name="timestamp"/> (milliseconds), or null.</summary>
    /// <param name="timestamp">Milliseconds.</param>
    /// <param name="bound">Records behind it are as if they were not there.</param>
    /// <exception cref="IOException">The files cannot be read.</exception>
    OffsetAndTimestamp? FindOffset(long timestamp, ReadBound bound = ReadBound.HighWatermark);

    /// <summary>The first record with the largest timestamp (KIP-734), or null where the log is empty.</summary>
    /// <param name="bound">Records behind it are as if they were not there.</param>
    /// <exception cref="IOException">The files cannot be read.</exception>
    OffsetAndTimestamp? FindMaxTimestamp(ReadBound bound = ReadBound.HighWatermark);

    /// <summary>The end offset of the largest epoch at or below <paramref name="leaderEpoch"/> (KIP-320), or (-1, -1).</summary>
    EpochEndOffset EndOffsetOfEpoch(int leaderEpoch);

    /// <summary>The epoch of the record at <paramref name="offset"/>, or -1 where it is not known.</summary>
    int EpochOf(long offset);

    /// <summary>The producers that it remembers (KIP-664), by their ids.</summary>
    IReadOnlyList<ActiveProducer> ActiveProducers();

    /// <summary>Makes records below <paramref name="offset"/> unreadable (DeleteRecords); durable when it completes. Returns the new start.</summary>
    ValueTask<long> TrimAsync(long offset);
}
