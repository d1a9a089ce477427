using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Broker.Tests.Topics;

/// <summary>A log whose offsets a test sets; topics are handled without a record being read or written.</summary>
internal sealed class FakePartitionLog(TopicPartition partition, TopicId topicId, LogConfig config) : IPartitionLog
{
    public TopicPartition TopicPartition { get; } = partition;

    public TopicId TopicId { get; } = topicId;

    public int LeaderEpoch => 0;

    public long LogStartOffset { get; private set; }

    public long LogEndOffset => HighWatermark;

    public long HighWatermark { get; set; }

    public long LastStableOffset => HighWatermark;

    public long SizeBytes { get; set; }

    public LogConfig Config { get; set; } = config;

    public AppendResult Append(Memory<byte> batches, AppendOrigin origin) => throw Unused();

    public ValueTask<ErrorCode> WhenDurable(long offset) => throw Unused();

    public ReadResult Read(long offset, int bytesMax, ReadBound bound, bool atLeastOneBatch) => throw Unused();

    public IReadOnlyList<long> SegmentBaseOffsets() => [LogStartOffset];

    public OffsetAndTimestamp? FindOffset(long timestamp, ReadBound bound) => throw Unused();

    public OffsetAndTimestamp? FindMaxTimestamp(ReadBound bound) => throw Unused();

    public EpochEndOffset EndOffsetOfEpoch(int leaderEpoch) => throw Unused();

    public int EpochOf(long offset) => throw Unused();

    public IReadOnlyList<ActiveProducer> ActiveProducers() => [];

    public ValueTask<long> TrimAsync(long offset)
    {
        LogStartOffset = Math.Max(LogStartOffset, offset);
        return new(LogStartOffset);
    }

    private static NotSupportedException Unused() => new("This log has no records.");
}
