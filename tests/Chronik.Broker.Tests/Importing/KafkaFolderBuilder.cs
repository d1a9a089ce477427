using System.Text;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Broker.Tests.Importing;

/// <summary>A small data folder as Kafka leaves it, in memory: two topics, offsets of a group, a transaction that is open.</summary>
internal sealed class KafkaFolderBuilder(IFileSystem files, string directory)
{
    private const long FirstProducerId = 910;
    private const int Committed = 3;
    private const int Aborted = 4;
    public static readonly TopicId Orders = new(new Guid("11112233-4455-6677-8899-aabbccddeeff"));
    public static readonly TopicId Bills = new(new Guid("22112233-4455-6677-8899-aabbccddeeff"));
    // Kafka's TransactionState: ongoing, prepare commit, prepare abort, complete commit, complete abort.
    private static readonly (string Name, sbyte State)[] s_states = [("open", 1), ("to-commit", 2), ("to-abort", 3), ("committed", 4), ("aborted", 5)];
    private static readonly TopicId s_offsets = new(new Guid("33112233-4455-6677-8899-aabbccddeeff"));
    private static readonly TopicId s_transactions = new(new Guid("44112233-4455-6677-8899-aabbccddeeff"));
    private readonly List<byte[]> _metadata = [];

    /// <summary>Also offsets that were committed in transactions, of groups that are named after how theirs stands, and what their coordinator decided.</summary>
    public bool HasTransactionalOffsets { get; init; }

    public async Task BuildAsync()
    {
        await using (var logs = await OpenAsync(files, directory))
        {
            for (var partition = 0; partition < 2; partition++)
                await WriteAsync(logs, new TopicPartition("orders", partition), Orders, [Batch(3), Batch(2), Batch(1)], trimTo: partition == 0 ? 4 : 0);
            await WriteAsync(logs, new TopicPartition("bills", 0), Bills, [Batch(2), Batch(1, producerId: 900), Batch(1)], trimTo: 0);
            await WriteAsync(logs, new TopicPartition("__consumer_offsets", 0), s_offsets, [Offset("g", "orders", 1, 5), Offset("g", "gone", 0, 1), .. TransactionalOffsets()], trimTo: 0);
            if (HasTransactionalOffsets)
                await WriteAsync(logs, new TopicPartition("__transaction_state", 0), s_transactions, [.. TransactionStates()], trimTo: 0);
        }

        Topic("orders", Orders, 2);
        Topic("bills", Bills, 1);
        Topic("__consumer_offsets", s_offsets, 1);
        Metadata(4, static writer =>
        {
            writer.WriteInt8(2);
            writer.WriteString("orders", compact: true);
            writer.WriteString("retention.ms", compact: true);
            writer.WriteString("1000", compact: true);
        });
        files.CreateDirectory($"{directory}/__cluster_metadata-0");
        using var builder = new RecordBatchBuilder();
        foreach (var record in _metadata)
            builder.Add(1000, null, record);
        Write($"{directory}/__cluster_metadata-0/00000000000000000000.log", builder.ToArray());
        Write($"{directory}/meta.properties", Encoding.UTF8.GetBytes("#\nversion=1\ncluster.id=abc\nnode.id=1\n"));
        files.SyncDirectory($"{directory}/__cluster_metadata-0");
        files.SyncDirectory(directory);
    }

    public static Task<LogStore> OpenAsync(IFileSystem files, string directory) => LogStore.OpenAsync(new LogStoreOptions
    {
        DataDirectory = directory,
        Files = files,
        Time = TimeProvider.System,
        Scheduler = TaskScheduler.Default,
        LoggerFactory = NullLoggerFactory.Instance,
    });

    /// <summary>All logs with their bounds, their bytes and their producers.</summary>
    public static List<string> Describe(ILogStore logs) =>
    [
        .. logs.Logs.OrderBy(static log => log.TopicPartition.ToString(), StringComparer.Ordinal).Select(static log =>
        {
            var read = log.Read(log.LogStartOffset, int.MaxValue, ReadBound.LogEnd, atLeastOneBatch: true);
            var bytes = new byte[read.Records.Length];
            using (read.Records.External)
                read.Records.External?.CopyTo(0, bytes);
            return $"{log.TopicPartition} {log.TopicId} {log.LogStartOffset} to {log.LogEndOffset} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes))[..16]} {string.Join(' ', log.ActiveProducers().Select(static producer => (producer.ProducerId, producer.LastSequence)))}";
        }),
    ];

    private static async Task WriteAsync(LogStore logs, TopicPartition partition, TopicId id, byte[][] batches, long trimTo)
    {
        var log = await logs.CreateAsync(partition, id, new LogConfig());
        foreach (var batch in batches)
            Assert.Equal(ErrorCode.None, log.Append(batch, new RecordBatchView(batch).IsControl ? AppendOrigin.Coordinator : AppendOrigin.Client).Error);
        Assert.Equal(ErrorCode.None, await log.WhenDurable(log.LogEndOffset));
        if (trimTo > 0)
            await log.TrimAsync(trimTo);
    }

    private static byte[] Batch(int count, long producerId = -1)
    {
        using var builder = new RecordBatchBuilder
        {
            ProducerId = producerId,
            ProducerEpoch = (short)(producerId < 0 ? -1 : 0),
            BaseSequence = producerId < 0 ? -1 : 0,
            IsTransactional = producerId >= 0,
        };
        for (var i = 0; i < count; i++)
            builder.Add(1000 + i, null, new byte[50]);
        return builder.ToArray();
    }

    private IEnumerable<byte[]> TransactionalOffsets()
    {
        if (!HasTransactionalOffsets)
            yield break;
        for (var i = 0; i < s_states.Length; i++)
            yield return Offset(s_states[i].Name, "orders", 1, 1 + i, FirstProducerId + i);
        yield return RecordBatchBuilder.Marker(ControlRecordType.Commit, FirstProducerId + Committed, 0, 0, 1000);
        yield return RecordBatchBuilder.Marker(ControlRecordType.Abort, FirstProducerId + Aborted, 0, 0, 1000);
    }

    // As TransactionLogValue: version, producer id, epoch, timeout, state; what follows is not looked at.
    private static IEnumerable<byte[]> TransactionStates()
    {
        for (var i = 0; i < s_states.Length; i++)
        {
            using var key = new KafkaWriter();
            key.WriteInt16(0);
            key.WriteString(s_states[i].Name, compact: false);
            using var value = new KafkaWriter();
            value.WriteInt16(0);
            value.WriteInt64(FirstProducerId + i);
            value.WriteInt16(0);
            value.WriteInt32(60_000);
            value.WriteInt8(s_states[i].State);
            using var builder = new RecordBatchBuilder();
            builder.Add(1000, key.WrittenSpan.ToArray(), value.WrittenSpan.ToArray());
            yield return builder.ToArray();
        }
    }

    private static byte[] Offset(string group, string topic, int partition, long offset, long producerId = -1)
    {
        using var key = new KafkaWriter();
        key.WriteInt16(1);
        key.WriteString(group, compact: false);
        key.WriteString(topic, compact: false);
        key.WriteInt32(partition);
        using var value = new KafkaWriter();
        value.WriteInt16(3);
        value.WriteInt64(offset);
        value.WriteInt32(0);
        value.WriteString("note", compact: false);
        value.WriteInt64(1_700_000_000_000);
        using var builder = new RecordBatchBuilder
        {
            ProducerId = producerId,
            ProducerEpoch = (short)(producerId < 0 ? -1 : 0),
            BaseSequence = producerId < 0 ? -1 : 0,
            IsTransactional = producerId >= 0,
        };
        builder.Add(1000, key.WrittenSpan.ToArray(), value.WrittenSpan.ToArray());
        return builder.ToArray();
    }

    private void Topic(string name, TopicId id, int partitions)
    {
        Metadata(2, writer =>
        {
            writer.WriteString(name, compact: true);
            writer.WriteUuid(id.Value);
        });
        for (var i = 0; i < partitions; i++)
        {
            var partition = i;
            Metadata(3, writer =>
            {
                writer.WriteInt32(partition);
                writer.WriteUuid(id.Value);
            });
        }
    }

    private void Metadata(uint kind, Action<KafkaWriter> write)
    {
        using var writer = new KafkaWriter();
        writer.WriteUnsignedVarint(1);
        writer.WriteUnsignedVarint(kind);
        writer.WriteUnsignedVarint(0);
        write(writer);
        _metadata.Add(writer.WrittenSpan.ToArray());
    }

    private void Write(string path, byte[] content)
    {
        using var file = files.Open(path, FileOpenKind.CreateOrTruncate);
        file.Write(content, 0);
        file.Sync();
    }
}
