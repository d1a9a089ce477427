using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Storage.Log;

namespace Chronik.Broker.Handlers.Producers;

/// <summary>DescribeProducers (61), version 0: which producers a partition remembers, and which have a transaction open (KIP-664).</summary>
internal sealed class DescribeProducersHandler(TopicRegistry topics) : IRequestHandler<DescribeProducersRequest, DescribeProducersResponse>
{
    /// <inheritdoc/>
    public ValueTask<DescribeProducersResponse?> HandleAsync(RequestContext context, DescribeProducersRequest request)
    {
        var response = new DescribeProducersResponse();
        foreach (var asked in request.Topics)
        {
            var result = new DescribeProducersResponse.TopicResponse { Name = asked.Name };
            topics.TryGet(asked.Name, out var topic);
            foreach (var partition in asked.PartitionIndexes)
                result.Partitions.Add(Describe(topic, partition));
            response.Topics.Add(result);
        }

        return new(response);
    }

    private static DescribeProducersResponse.PartitionResponse Describe(Topic? topic, int partition)
    {
        var result = new DescribeProducersResponse.PartitionResponse { PartitionIndex = partition };
        if (topic is null || !topic.TryGetLog(partition, out var log))
        {
            result.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            result.ErrorMessage = topic is null ? TopicMessages.UnknownTopicOrPartition : null;
            return result;
        }

        foreach (var producer in log.ActiveProducers())
            result.ActiveProducers.Add(State(producer));
        return result;
    }

    private static DescribeProducersResponse.ProducerState State(ActiveProducer producer) => new()
    {
        ProducerId = producer.ProducerId,
        ProducerEpoch = producer.Epoch,
        LastSequence = producer.LastSequence,
        LastTimestamp = producer.LastTimestampMs,
        CoordinatorEpoch = producer.CoordinatorEpoch,
        CurrentTxnStartOffset = producer.TransactionFirstOffset,
    };
}
