using System.Runtime.InteropServices;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Producing;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Broker.Handlers.Data;

/// <summary>
/// Produce: v0 to v2 carry message sets, v3 one record batch (KIP-98); v5 adds the log start, v8 errors for single records
/// (KIP-467), v13 topic ids (KIP-516).
/// </summary>
internal sealed class ProduceHandler(TopicRegistry topics, ProduceWaits waits, TimeProvider time) : IRequestHandler<ProduceRequest, ProduceResponse>
{
    private const short AcksAll = -1;
    private const short AcksNone = 0;
    private const short AcksLeader = 1;
    private const short FirstVersionWithTopicIds = 13;

    /// <inheritdoc/>
    public ValueTask<ProduceResponse?> HandleAsync(RequestContext context, ProduceRequest request)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var response = new ProduceResponse { Responses = new(request.TopicData.Count) };
        List<PendingAppend>? pending = null;
        var error = ErrorCode.None;
        foreach (ProduceRequest.TopicProduceData asked in request.TopicData)
        {
            if (asked.PartitionData.Count == 0)
            {
                // Kafka answers with partitions only, gathered by topic.
                continue;
            }

            ErrorCode topicError = Resolve(context.ApiVersion, asked, out Topic? topic);
            var answers = new List<ProduceResponse.PartitionProduceResponse>(asked.PartitionData.Count);
            response.Responses.Add(new() { Name = asked.Name, TopicId = asked.TopicId, PartitionResponses = answers });
            foreach (ProduceRequest.PartitionProduceData partition in asked.PartitionData)
            {
                var answer = new ProduceResponse.PartitionProduceResponse { Index = partition.Index, BaseOffset = -1 };
                answers.Add(answer);
                answer.ErrorCode = topicError;
                if (answer.ErrorCode == ErrorCode.None)
                {
                    Append(context.ApiVersion, request.Acks, topic!, partition, answer, now, ref pending);
                }

                error = answer.ErrorCode == ErrorCode.None ? error : answer.ErrorCode;
            }
        }

        if (request.Acks == AcksNone)
        {
            // Nobody reads an answer: closing the connection is the only way to tell the producer.
            if (error != ErrorCode.None)
            {
                context.CloseConnection($"Produce with acks=0 failed with {error}");
            }

            return new((ProduceResponse?)null);
        }

        return pending is null ? new(response) : waits.WaitAsync(response, pending, request.TimeoutMs);
    }

    private static bool AreValid(short acks) => acks is AcksAll or AcksNone or AcksLeader;

    private ErrorCode Resolve(short version, ProduceRequest.TopicProduceData asked, out Topic? topic)
    {
        if (version >= FirstVersionWithTopicIds)
        {
            return topics.TryGet(new TopicId(asked.TopicId), out topic) ? ErrorCode.None : ErrorCode.UnknownTopicId;
        }

        return topics.TryGet(asked.Name, out topic) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
    }

    private static void Append(
        short version,
        short acks,
        Topic topic,
        ProduceRequest.PartitionProduceData partition,
        ProduceResponse.PartitionProduceResponse answer,
        long now,
        ref List<PendingAppend>? pending)
    {
        if (!topic.TryGetLog(partition.Index, out IPartitionLog? log))
        {
            answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            return;
        }

        if (!AreValid(acks))
        {
            answer.ErrorCode = ErrorCode.InvalidRequiredAcks;
            return;
        }

        // The frame is this request's own memory: batches are checked and get their offsets where they lie.
        Memory<byte> records = MemoryMarshal.AsMemory(partition.Records.Memory);
        using BatchVerdict verdict = BatchValidator.Validate(records, topic.Config.Batches, version, now);
        if (!verdict.IsValid)
        {
            Refuse(answer, verdict, log);
            return;
        }

        if (IsTransactional(verdict.Batches.Span))
        {
            answer.ErrorCode = ErrorCode.InvalidTxnState;
            return;
        }

        AppendResult result = log.Append(verdict.Batches, AppendOrigin.Client);
        (answer.ErrorCode, answer.ErrorMessage) = (result.Error, result.ErrorMessage);
        (answer.LogAppendTimeMs, answer.LogStartOffset) = (result.LogAppendTimeMs, result.LogStartOffset);
        answer.BaseOffset = result.Error == ErrorCode.None ? result.BaseOffset : -1;
        if (acks == AcksAll && result.Error == ErrorCode.None)
        {
            (pending ??= []).Add(new PendingAppend(answer, log.WhenDurable(result.LastOffset + 1)));
        }
    }

    // There is no transaction coordinator yet, so there is no transaction that such a batch could belong to.
    private static bool IsTransactional(ReadOnlySpan<byte> batches) =>
        RecordBatchView.TryRead(batches, out RecordBatchView batch) && batch.IsTransactional;

    private static void Refuse(ProduceResponse.PartitionProduceResponse answer, in BatchVerdict verdict, IPartitionLog log)
    {
        answer.ErrorCode = verdict.Error;
        answer.ErrorMessage = verdict.ErrorMessage;
        answer.LogStartOffset = verdict.RecordErrors.Count == 0 ? -1 : log.LogStartOffset;
        foreach (RecordError error in verdict.RecordErrors)
        {
            answer.RecordErrors.Add(new() { BatchIndex = error.BatchIndex, BatchIndexErrorMessage = error.Message });
        }
    }
}
