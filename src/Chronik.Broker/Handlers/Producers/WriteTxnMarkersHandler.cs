using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Broker.Handlers.Producers;

/// <summary>
/// WriteTxnMarkers (27), versions 0-2: ends transactions in their partitions (KIP-98), answered when the markers are durable.
/// 1: flexible. 2: whether the coordinator raises the epoch with each transaction (KIP-890). Kafka's tool aborts hanging
/// transactions with it (KIP-664).
/// </summary>
internal sealed class WriteTxnMarkersHandler(TopicRegistry topics, TimeProvider time) : IRequestHandler<WriteTxnMarkersRequest, WriteTxnMarkersResponse>
{
    private const int EpochRaisingVersion = 2;

    /// <inheritdoc/>
    public async ValueTask<WriteTxnMarkersResponse?> HandleAsync(RequestContext context, WriteTxnMarkersRequest request)
    {
        var response = new WriteTxnMarkersResponse();
        List<PendingMarker> pending = [];
        foreach (var marker in request.Markers)
        {
            var result = new WriteTxnMarkersResponse.WritableTxnMarkerResult { ProducerId = marker.ProducerId };
            foreach (var topic in marker.Topics.Where(static topic => topic.PartitionIndexes.Count > 0))
                result.Topics.Add(Append(marker, topic, pending));
            if (result.Topics.Count > 0)
                response.Markers.Add(result);
        }

        foreach (var (answer, durable) in pending)
            answer.ErrorCode = await durable;
        return response;
    }

    private WriteTxnMarkersResponse.WritableTxnMarkerTopicResult Append(
        WriteTxnMarkersRequest.WritableTxnMarker marker, WriteTxnMarkersRequest.WritableTxnMarkerTopic asked, List<PendingMarker> pending)
    {
        var result = new WriteTxnMarkersResponse.WritableTxnMarkerTopicResult { Name = asked.Name };
        topics.TryGet(asked.Name, out var topic);
        foreach (var partition in asked.PartitionIndexes)
        {
            var answer = new WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult { PartitionIndex = partition };
            result.Partitions.Add(answer);
            if (topic is null || !topic.TryGetLog(partition, out var log))
                answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            else if (marker.ProducerId < 0)
                answer.ErrorCode = ErrorCode.InvalidProducerIdMapping;
            else
                Append(marker, log, answer, pending);
        }

        return result;
    }

    private void Append(
        WriteTxnMarkersRequest.WritableTxnMarker marker,
        IPartitionLog log,
        WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult answer,
        List<PendingMarker> pending)
    {
        var appended = log.Append(Batch(marker), Origin(marker));
        answer.ErrorCode = appended.Error;
        if (appended.Error == ErrorCode.None)
            pending.Add(new PendingMarker(answer, log.WhenDurable(appended.LastOffset + 1)));
    }

    // Each log writes its offset into the batch, so each gets its own.
    private byte[] Batch(WriteTxnMarkersRequest.WritableTxnMarker marker) => RecordBatchBuilder.Marker(
        marker.TransactionResult ? ControlRecordType.Commit : ControlRecordType.Abort,
        marker.ProducerId,
        marker.ProducerEpoch,
        marker.CoordinatorEpoch,
        time.GetUtcNow().ToUnixTimeMilliseconds());

    private static AppendOrigin Origin(WriteTxnMarkersRequest.WritableTxnMarker marker) =>
        marker.TransactionVersion >= EpochRaisingVersion ? AppendOrigin.EpochRaisingCoordinator : AppendOrigin.Coordinator;

    private readonly record struct PendingMarker(WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult Answer, ValueTask<ErrorCode> Durable);
}
