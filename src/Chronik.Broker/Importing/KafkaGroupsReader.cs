using System.Buffers.Binary;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Importing;
using Chronik.Storage.IO;

namespace Chronik.Broker.Importing;

/// <summary>
/// Reads the partitions of Kafka's <c>__consumer_offsets</c>: the last record of each key holds. Offsets of a transaction
/// (KIP-98) count when its marker commits it.
/// </summary>
/// <param name="files">The files.</param>
/// <param name="committing">Producers whose open transaction is decided to be committed.</param>
internal sealed class KafkaGroupsReader(IFileSystem files, IReadOnlySet<long> committing)
{
    private const string ConsumerProtocolType = "consumer";
    private const short OffsetKeyVersionMax = 1;
    private const short GroupKeyVersion = 2;
    private const short ConsumerGroupKeyVersion = 3;
    private const short ShareGroupKeyVersion = 11;
    private const short StreamsGroupKeyVersion = 17;
    private const short FirstVersionWithLeaderEpoch = 3;
    private const short OnlyVersionWithExpiry = 1;
    private const short FirstFlexibleVersion = 4;
    private const int MarkerTypeAt = 2;
    private readonly KafkaGroups _groups = new();
    private readonly Dictionary<long, List<(byte[] Key, byte[]? Value)>> _transactions = [];

    internal KafkaGroups Read(IEnumerable<string> directories)
    {
        foreach (var directory in directories)
        {
            _transactions.Clear();
            foreach (var name in files.ListFiles(directory).Where(static name => name.EndsWith(".log", StringComparison.Ordinal)))
                ReadFile($"{directory}/{name}");
            foreach (var producerId in _transactions.Keys.Where(committing.Contains).ToList())
                End(producerId, isCommit: true);
        }

        return _groups;
    }

    private void ReadFile(string path)
    {
        using var reader = new LogFileReader(files, path);
        while (reader.MoveNext())
        {
            if (reader.IsDamage)
            {
                _groups.DamagedFiles.Add(path);
                continue;
            }

            var batch = new RecordBatchView(reader.Batch.Span);
            foreach (var record in new RecordBatchReader(batch))
            {
                if (batch.IsControl)
                    End(batch.ProducerId, BinaryPrimitives.ReadInt16BigEndian(record.Key[MarkerTypeAt..]) == (short)ControlRecordType.Commit);
                else if (batch.IsTransactional)
                    Pending(batch.ProducerId).Add((record.Key.ToArray(), record.IsValueNull ? null : record.Value.ToArray()));
                else
                    Apply(record.Key.ToArray(), record.IsValueNull ? null : record.Value.ToArray());
            }
        }
    }

    private List<(byte[] Key, byte[]? Value)> Pending(long producerId)
    {
        if (!_transactions.TryGetValue(producerId, out var pending))
            _transactions[producerId] = pending = [];
        return pending;
    }

    private void End(long producerId, bool isCommit)
    {
        if (!_transactions.Remove(producerId, out var pending) || !isCommit)
            return;
        foreach (var (key, value) in pending)
            Apply(key, value);
    }

    private void Apply(byte[] key, byte[]? value)
    {
        var reader = new KafkaReader(key);
        var version = reader.ReadInt16();
        if (version <= OffsetKeyVersionMax)
            ApplyOffset(reader.ReadString(compact: false), new TopicPartition(reader.ReadString(compact: false), reader.ReadInt32()), value);
        else if (version is GroupKeyVersion or ConsumerGroupKeyVersion)
            ApplyGroup(reader.ReadString(compact: false), version, value);
        else if (version is ShareGroupKeyVersion or StreamsGroupKeyVersion)
            ApplyForeign(reader.ReadString(compact: false), value);
    }

    private void ApplyOffset(string group, TopicPartition partition, byte[]? value)
    {
        if (value is null)
        {
            _groups.Offsets.Remove((group, partition));
            return;
        }

        var reader = new KafkaReader(value);
        var version = reader.ReadInt16();
        var offset = reader.ReadInt64();
        var epoch = version >= FirstVersionWithLeaderEpoch ? reader.ReadInt32() : -1;
        var metadata = reader.ReadString(compact: version >= FirstFlexibleVersion);
        var committedMs = reader.ReadInt64();
        var expiresMs = version == OnlyVersionWithExpiry ? reader.ReadInt64() : -1;
        _groups.Offsets[(group, partition)] = new KafkaOffset(offset, epoch, metadata, committedMs, expiresMs);
    }

    private void ApplyGroup(string group, short keyVersion, byte[]? value)
    {
        if (value is null)
        {
            _groups.Groups.Remove(group);
            return;
        }

        var reader = new KafkaReader(value);
        var version = reader.ReadInt16();

        // A group of the new protocol (KIP-848) goes on as one of the old: its members join again.
        var type = keyVersion == ConsumerGroupKeyVersion ? ConsumerProtocolType : reader.ReadString(compact: version >= FirstFlexibleVersion);
        _groups.Groups[group] = (type.Length == 0 ? null : type, reader.ReadInt32());
    }

    private void ApplyForeign(string group, byte[]? value)
    {
        if (value is null)
            _groups.Foreign.Remove(group);
        else
            _groups.Foreign.Add(group);
    }
}
