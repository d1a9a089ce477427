using System.Buffers.Binary;
using Chronik.Campaigns.Simulation;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;

namespace Chronik.Campaigns.BrokerSimulation;

/// <content>Consumers, and what they may be shown.</content>
internal sealed partial class BrokerSimulationRun
{
    private const short FetchVersion = 16;
    private readonly List<SentRecord> _records = [];

    private void Read()
    {
        var live = Live().ToArray();
        if (live.Length == 0)
            return;
        var topic = Pick(live);
        var partition = topic.Partition(Random.Next(topic.PartitionsMin));
        var offset = Random.NextInt64(partition.TrimAsked, Math.Max(partition.Promised, partition.TrimAsked) + 1);
        var (bytes, waitMs) = (Random.Next(60, 20_000), Random.Next(3) == 0 ? Random.Next(600) : 0);
        Begin(async process =>
        {
            if (ConnectionOf(process, $"reader{Random.Next(3)}") is not { } connection)
                return;
            var promised = partition.Promised;
            var answer = await FetchAsync(connection, partition, offset, bytes, waitMs);
            if (answer is null || IsTrouble(process, partition, answer, offset, promised))
                return;
            if (answer.LogStartOffset > partition.TrimAsked && !topic.MayExpire)
                throw partition.Wrong($"shows the start {answer.LogStartOffset}; it was only trimmed to {partition.TrimAsked} and has no retention");
            if (answer.HighWatermark < promised)
                throw partition.Wrong($"shows the high watermark {answer.HighWatermark} after {promised}");
            var found = new List<(long Offset, SentRecord Record)>();
            var next = TakeRecords(partition, answer, offset, found);
            if (next > answer.HighWatermark)
                throw partition.Wrong($"shows records up to {next}, behind its high watermark {answer.HighWatermark}");
            if (found.Count == 0 && offset < answer.HighWatermark && !topic.MayCompact)
                throw partition.Wrong($"returns nothing at {offset}, below {answer.HighWatermark}");
            partition.Promise(answer.HighWatermark);
        });
    }

    // True where the answer is an error that was to be expected.
    private static bool IsTrouble(BrokerProcess process, PartitionRecords partition, FetchResponse.PartitionData answer, long offset, long promised)
    {
        switch (answer.ErrorCode)
        {
            case ErrorCode.None:
                return false;
            case ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition when partition.Topic.IsLeaving:
                return true;
            case ErrorCode.KafkaStorageError:
                ExpectTrouble(process, $"Fetch of {partition.Topic}-{partition.Index}", answer.ErrorCode);
                return true;
            case ErrorCode.OffsetOutOfRange when offset < partition.TrimAsked || partition.Topic.MayExpire || partition.Topic.IsLeaving || offset > promised:
                return true;
            default:
                throw partition.Wrong($"answers {answer.ErrorCode} for offset {offset}; {promised} was promised");
        }
    }

    private async Task<FetchResponse.PartitionData?> FetchAsync(WireConnection connection, PartitionRecords partition, long offset, int bytes, int waitMs)
    {
        Figures.Requests++;
        var answer = await connection.CallAsync<FetchRequest, FetchResponse>(
            new FetchRequest
            {
                MaxWaitMs = waitMs,
                MinBytes = waitMs == 0 ? 0 : 1,
                MaxBytes = bytes,
                IsolationLevel = (sbyte)(offset % 2),
                Topics =
                [
                    new()
                    {
                        TopicId = partition.Topic.Id.Value,
                        Partitions = [new() { Partition = partition.Index, FetchOffset = offset, PartitionMaxBytes = bytes }],
                    },
                ],
            },
            FetchVersion, BoundMs);
        if (answer is null)
            return null;
        return answer.ErrorCode == ErrorCode.None ? answer.Responses[0].Partitions[0] : throw partition.Wrong($"answers a Fetch with {answer.ErrorCode}");
    }

    // Returns the offset behind what was read.
    private long TakeRecords(PartitionRecords partition, FetchResponse.PartitionData answer, long offset, List<(long Offset, SentRecord Record)> found)
    {
        var rest = answer.Records.IsNull ? default : answer.Records.Memory.Span;
        var next = offset;
        while (RecordBatchView.TryRead(rest, out var batch))
        {
            if (!batch.IsCrcValid)
                throw partition.Wrong($"returns a batch at {batch.BaseOffset} with a wrong checksum");
            if (batch.LastOffset < offset)
                throw partition.Wrong($"returns the batch {batch.BaseOffset}..{batch.LastOffset} for offset {offset}");
            if (!partition.Topic.MayCompact && batch.BaseOffset != next && batch.BaseOffset > offset)
                throw partition.Wrong($"has a gap from {next} to {batch.BaseOffset}");
            foreach (var record in new RecordBatchReader(batch))
            {
                var sent = Recognize(partition, record);
                partition.Read(record.Offset, sent);
                if (record.Offset >= offset)
                    found.Add((record.Offset, sent));
            }

            next = batch.LastOffset + 1;
            rest = rest[batch.SizeInBytes..];
        }

        return next;
    }

    private SentRecord Recognize(PartitionRecords partition, RecordView record)
    {
        var number = -1;
        foreach (var header in record.Headers)
            number = BinaryPrimitives.ReadInt32BigEndian(header.Value);
        if ((uint)number >= (uint)_records.Count)
            throw partition.Wrong($"has a record at {record.Offset} that nobody sent");
        var sent = _records[number];
        var isSame = record.Key.SequenceEqual(sent.Key) && record.IsValueNull == (sent.Value is null) && record.Value.SequenceEqual(sent.Value)
            && record.Timestamp == sent.Timestamp;
        return isSame ? sent : throw partition.Wrong($"has {sent} at {record.Offset}, changed");
    }
}
