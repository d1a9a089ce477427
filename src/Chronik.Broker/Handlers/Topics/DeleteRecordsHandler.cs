using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Topics;

/// <summary>DeleteRecords (21), versions 0-2: makes the records below an offset unreadable (KIP-107). 2: flexible.</summary>
internal sealed class DeleteRecordsHandler(TopicRegistry topics) : IRequestHandler<DeleteRecordsRequest, DeleteRecordsResponse>
{
    /// <summary>The offset that stands for all records that consumers can see.</summary>
    private const long ToHighWatermark = -1;

    /// <inheritdoc/>
    public async ValueTask<DeleteRecordsResponse?> HandleAsync(RequestContext context, DeleteRecordsRequest request)
    {
        var response = new DeleteRecordsResponse();
        foreach (var asked in request.Topics)
        {
            var result = new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = asked.Name };
            foreach (var partition in asked.Partitions)
            {
                var (error, lowWatermark) = await DeleteAsync(asked.Name, partition.PartitionIndex, partition.Offset);
                result.Partitions.Add(new() { PartitionIndex = partition.PartitionIndex, LowWatermark = lowWatermark, ErrorCode = error });
            }
            response.Topics.Add(result);
        }
        return response;
    }

    private async ValueTask<(ErrorCode Error, long LowWatermark)> DeleteAsync(string name, int partition, long offset)
    {
        if (TopicName.IsInternal(name))
            return (ErrorCode.InvalidTopicException, -1);
        if (!topics.TryGet(name, out var topic) || !topic.TryGetLog(partition, out var log))
            return (ErrorCode.UnknownTopicOrPartition, -1);
        if (topic.Config.KeepsLastOfEachKey)
            return (ErrorCode.PolicyViolation, -1);
        var highWatermark = log.HighWatermark;
        var end = offset == ToHighWatermark ? highWatermark : offset;
        if (end < 0 || end > highWatermark)
            return (ErrorCode.OffsetOutOfRange, -1);
        try
        {
            return (ErrorCode.None, await log.TrimAsync(end));
        }
        catch (IOException)
        {
            return (ErrorCode.KafkaStorageError, -1);
        }
    }
}
