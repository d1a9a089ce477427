using System.Buffers.Binary;
using System.Text;
using Chronik.Campaigns.Simulation;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;

namespace Chronik.Campaigns.BrokerSimulation;

/// <content>Producers: plain ones that may repeat themselves, and idempotent ones that must not.</content>
internal sealed partial class BrokerSimulationRun
{
    private const int ProducersMax = 3;
    private const int InFlightMax = 5;
    private const int KeysMax = 8;
    private const short AcksAll = -1;
    private const int ProduceTimeoutMs = 5_000;
    private readonly IdempotentProducer[] _producers;
    private readonly HashSet<long> _producerIds = [];
    private readonly List<SentBatch> _open = [];
    private SentBatch? _unanswered;

    private void Produce()
    {
        var live = Live().ToArray();
        if (live.Length == 0)
            return;
        var topic = Pick(live);
        var index = Random.Next(topic.PartitionsMin);
        if (Random.Next(2) == 0)
            ProducePlain(topic, index);
        else
            ProduceIdempotent(Pick(_producers), topic, index);
    }

    private void ProducePlain(Incarnation topic, int index)
    {
        // Now and then one that was not answered is sent again: it may be there twice then.
        if (_unanswered is { } again && again.Topic == topic.Name && again.Partition < topic.PartitionsMin && Random.Next(2) == 0)
        {
            _unanswered = null;
            SendPlain(topic, again, AcksAll);
            return;
        }

        var acks = (short)(Random.Next(8) switch { 0 => 0, 1 => 1, _ => AcksAll });
        SendPlain(topic, NewBatch(topic, index, -1, -1), acks);
    }

    private void SendPlain(Incarnation topic, SentBatch batch, short acks)
    {
        Send(topic, batch);
        var client = $"plain{Random.Next(3)}";
        var version = ProduceVersion();
        var name = NameOf(topic);
        var changes = name.Changes;
        Begin(async process =>
        {
            if (ConnectionOf(process, client) is not { } connection)
                return;
            var request = Request(topic, version, acks, [batch]);
            if (acks == 0)
            {
                connection.Post<ProduceRequest, ProduceResponse>(request, version);
                return;
            }

            var answer = await connection.CallAsync<ProduceRequest, ProduceResponse>(request, version, ProduceTimeoutMs + BoundMs);
            if (!process.IsAlive)
                return;
            if (answer is null)
            {
                _unanswered = batch;
                return;
            }

            batch.End(++_tick);
            var result = answer.Responses[0].PartitionResponses[0];
            if (!IsWritten(process, topic, batch, result))
                return;
            if (acks == AcksAll && IsOf(topic, version, name, changes))
                Acknowledge(topic, batch, result.BaseOffset);
        });
    }

    private void ProduceIdempotent(IdempotentProducer producer, Incarnation topic, int index)
    {
        if (producer.IsBusy)
            return;
        if (producer.ProducerId < 0)
        {
            producer.IsBusy = true;
            Begin(process => TakeProducerIdAsync(process, producer));
            return;
        }

        var name = NameOf(topic);
        if (!producer.Streams.TryGetValue((topic.Name, index), out var stream) || stream.Changes != name.Changes)
        {
            // Its state went with the topic, or may have: as clients do, it begins anew.
            if (stream is not null)
            {
                producer.Reset();
                return;
            }

            stream = producer.Streams[(topic.Name, index)] = new ProducerStream(name.Changes);
        }

        if (stream.Waiting == 0 && stream.InFlight.Count > 0)
        {
            Figures.Repeats += stream.InFlight.Count;
            SendIdempotent(producer, stream, topic, [.. stream.InFlight]);
        }
        else if (stream.Waiting == 0 && stream.Acknowledged.Count > 0 && Random.Next(8) == 0)
        {
            // It may have missed the answers to the last few: they are repeated, and must not be written again.
            Figures.Repeats += stream.Acknowledged.Count;
            SendIdempotent(producer, stream, topic, [.. stream.Acknowledged.Values]);
        }
        else if (stream.InFlight.Count < InFlightMax)
        {
            var batch = NewBatch(topic, index, producer.ProducerId, stream.NextSequence);
            stream.NextSequence += batch.Records.Length;
            stream.InFlight.Add(batch);
            SendIdempotent(producer, stream, topic, [batch]);
        }
    }

    private void SendIdempotent(IdempotentProducer producer, ProducerStream stream, Incarnation topic, SentBatch[] batches)
    {
        foreach (var batch in batches)
        {
            Send(topic, batch);
            stream.Waiting++;
            producer.Outbox.Enqueue((stream, topic, batch));
            Begin(process => SendNextAsync(process, producer));
        }
    }

    // Whichever task comes first sends what is first in line.
    private async Task SendNextAsync(BrokerProcess process, IdempotentProducer producer)
    {
        var (stream, topic, batch) = producer.Outbox.Dequeue();
        var id = producer.ProducerId;
        var version = ProduceVersion();
        var connection = ConnectionOf(process, producer.Name);
        var place = stream.InFlight.IndexOf(batch);
        if (place == 0)
            stream.Connection = connection;
        var isInOrder = place <= 0 || stream.Connection == connection;
        var answer = connection is null || !isInOrder ? null : await connection.CallAsync<ProduceRequest, ProduceResponse>(
            Request(topic, version, AcksAll, [batch]), version, ProduceTimeoutMs + BoundMs);
        if (!process.IsAlive)
            return;
        stream.Waiting--;
        if (answer is null)
            return;
        batch.End(++_tick);
        var result = answer.Responses[0].PartitionResponses[0];
        if (result.ErrorCode is ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId or ErrorCode.DuplicateSequenceNumber)
        {
            if (producer.ProducerId == id)
                OutOfOrder(producer, stream, topic, batch, result.ErrorCode);
            return;
        }

        if (!IsWritten(process, topic, batch, result))
        {
            stream.HadTrouble = true;
            return;
        }

        if (!IsOf(topic, version, NameOf(topic), stream.Changes))
            return;
        Acknowledge(topic, batch, result.BaseOffset);
        if (!stream.InFlight.Remove(batch))
            return;
        stream.Acknowledged.Add(batch.BaseSequence, batch);
        if (stream.Acknowledged.Count > InFlightMax - 1)
            stream.Acknowledged.Remove(stream.Acknowledged.Keys.First());
    }

    // That is only right where one before it was not written, or the partition may have forgotten the producer.
    private void OutOfOrder(IdempotentProducer producer, ProducerStream stream, Incarnation topic, SentBatch batch, ErrorCode error)
    {
        var partition = topic.Partition(batch.Partition);
        var place = stream.InFlight.IndexOf(batch);
        var hasForgotten = topic.MayExpire || topic.IsLeaving || stream.Changes != NameOf(topic).Changes
            || (batch.BaseSequence == 0 && stream.HadTrouble) || stream.Acknowledged.Values.Any(other => other.Offset < partition.TrimAsked);
        if (place > 0 || (place < 0 && batch.Offset < 0))
            return;
        if (!hasForgotten)
            throw partition.Wrong($"answers {error} for {batch}, which is {(place < 0 ? "one of the last" : "the next")} of its producer");
        producer.Reset();
    }

    private async Task TakeProducerIdAsync(BrokerProcess process, IdempotentProducer producer)
    {
        Figures.Requests++;
        var connection = ConnectionOf(process, producer.Name);
        var answer = connection is null ? null : await connection.CallAsync<InitProducerIdRequest, InitProducerIdResponse>(
            new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 }, 4, BoundMs);
        if (!process.IsAlive)
            return;
        producer.IsBusy = false;
        if (answer is null)
            return;
        if (answer.ErrorCode != ErrorCode.None)
            ExpectTrouble(process, "InitProducerId", answer.ErrorCode);
        else if (!_producerIds.Add(answer.ProducerId))
            throw new SimulationFailure($"The producer id {answer.ProducerId} is given twice");
        else
            producer.ProducerId = answer.ProducerId;
    }

    // False where it was refused for a reason that there is.
    private static bool IsWritten(BrokerProcess process, Incarnation topic, SentBatch batch, ProduceResponse.PartitionProduceResponse result)
    {
        switch (result.ErrorCode)
        {
            case ErrorCode.None:
                return true;
            case ErrorCode.KafkaStorageError or ErrorCode.RequestTimedOut:
                ExpectTrouble(process, $"Produce of {batch}", result.ErrorCode);
                return false;
            case ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition when topic.IsLeaving:
                return false;
            default:
                throw new SimulationFailure($"{topic} answers {result.ErrorCode} ({result.ErrorMessage}) for {batch}");
        }
    }

    private void Acknowledge(Incarnation topic, SentBatch batch, long offset)
    {
        Figures.Acknowledged++;
        Trace.Add("ack", $"{batch.Topic}-{batch.Partition}", offset);
        topic.Partition(batch.Partition).Acknowledge(batch, offset);
    }

    // An answer tells of this topic, and of no other that had its name meanwhile.
    private static bool IsOf(Incarnation topic, short version, TopicModel name, long changes) =>
        version >= 13 || (name.Live == topic && name.Changes == changes && name.Doubts.Count == 0);

    private void Send(Incarnation topic, SentBatch batch)
    {
        Figures.Requests++;
        batch.Begin();
        _open.Add(batch);
        topic.Partition(batch.Partition).Sent(batch);
    }

    private SentBatch NewBatch(Incarnation topic, int index, long producerId, int baseSequence)
    {
        var batch = new SentBatch(topic.Name, index, producerId, baseSequence);
        using var builder = new RecordBatchBuilder
        {
            ProducerId = producerId,
            ProducerEpoch = (short)(producerId < 0 ? -1 : 0),
            BaseSequence = baseSequence,
            Compression = Random.Next(6) == 0 ? (CompressionCodec)Random.Next(1, 5) : CompressionCodec.None,
        };
        var records = new SentRecord[Random.Next(1, 4)];
        for (var i = 0; i < records.Length; i++)
        {
            var number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, _records.Count);
            var key = Encoding.ASCII.GetBytes($"k{Random.Next(KeysMax)}");
            var value = Random.Next(10) == 0 ? null : new byte[Random.Next(10) == 0 ? Random.Next(4000) : Random.Next(60)];
            if (value is not null)
                Random.NextBytes(value);
            var timestamp = _process.NowMs - Random.Next(3_000);
            records[i] = new SentRecord(batch, _records.Count, key, value, timestamp);
            _records.Add(records[i]);
            builder.Add(timestamp, key, value is null ? null : (ReadOnlyMemory<byte>?)value, [new RecordHeader("n", number)]);
        }

        batch.Bytes = builder.ToArray();
        batch.Records = records;
        return batch;
    }

    private static ProduceRequest Request(Incarnation topic, short version, short acks, SentBatch[] batches) => new()
    {
        Acks = acks,
        TimeoutMs = ProduceTimeoutMs,
        TopicData =
        [
            new()
            {
                Name = version >= 13 ? "" : topic.Name,
                TopicId = version >= 13 ? topic.Id.Value : default,
                PartitionData = [.. batches.Select(static batch => new ProduceRequest.PartitionProduceData { Index = batch.Partition, Records = new RecordData(batch.Bytes) })],
            },
        ],
    };

    private TopicModel NameOf(Incarnation topic) => Array.Find(_topics, name => name.Name == topic.Name)!;

    private short ProduceVersion() => (short)(Random.Next(3) switch { 0 => 8, 1 => 11, _ => 13 });

    private async Task ProveProducingAsync(BrokerProcess process)
    {
        foreach (var topic in Live().ToArray())
        {
            for (var index = 0; index < topic.PartitionsMin; index++)
            {
                var batch = NewBatch(topic, index, -1, -1);
                Send(topic, batch);
                var answer = ConnectionOf(process, "prover") is { } connection
                    ? await connection.CallAsync<ProduceRequest, ProduceResponse>(Request(topic, 13, AcksAll, [batch]), 13, ProduceTimeoutMs)
                    : null;
                batch.End(++_tick);
                var result = answer?.Responses[0].PartitionResponses[0] ?? throw topic.Partition(index).Wrong("answers no Produce");
                if (topic.IsLeaving && result.ErrorCode is ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition)
                    continue;
                if (result.ErrorCode != ErrorCode.None)
                    throw topic.Partition(index).Wrong($"takes no records though the disk is well: {result.ErrorCode} {result.ErrorMessage}");
                Acknowledge(topic, batch, result.BaseOffset);
            }
        }
    }
}
