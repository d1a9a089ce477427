using System.Globalization;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Importing;
using Chronik.Storage.IO;

namespace Chronik.Broker.Importing;

/// <summary>
/// Reads Kafka's metadata log: the newest snapshot (<c>OFFSET-EPOCH.checkpoint</c>) and the records behind it (KIP-630).
/// Records are a frame version, an api key, a version, and the message; messages only grow at their ends.
/// </summary>
internal sealed class ClusterImageReader
{
    private const int FrameVersion = 1;
    private const string CheckpointSuffix = ".checkpoint";
    private readonly ClusterImage _image = new();

    // Records of an open metadata transaction (KIP-868) count when it ends.
    private List<ReadOnlyMemory<byte>>? _transaction;

    private enum RecordKind
    {
        Topic = 2,
        Partition = 3,
        Config = 4,
        RemoveTopic = 9,
        UserScramCredential = 11,
        ClientQuota = 14,
        ProducerIds = 15,
        AccessControlEntry = 18,
        BeginTransaction = 23,
        EndTransaction = 24,
        AbortTransaction = 25,
        DelegationToken = 10,
    }

    private enum ResourceKind
    {
        Topic = 2,
        Broker = 4,
    }

    /// <summary>Reads the metadata that lies in a folder of <c>__cluster_metadata-0</c>.</summary>
    /// <exception cref="ImportException">It is damaged or of a version that is not known.</exception>
    internal static ClusterImage Read(IFileSystem files, string directory)
    {
        var reader = new ClusterImageReader();
        try
        {
            reader.ReadAll(files, directory);
        }
        catch (Exception error) when (error is ProtocolException or RecordFormatException)
        {
            throw new ImportException($"{directory} cannot be understood ({error.Message}): start Kafka 4 on it once more and stop it, then import.", error);
        }

        return reader._image;
    }

    private void ReadAll(IFileSystem files, string directory)
    {
        var names = files.ListFiles(directory);
        long from = 0;
        if (names.LastOrDefault(static name => name.EndsWith(CheckpointSuffix, StringComparison.Ordinal)) is { } snapshot)
        {
            from = long.Parse(snapshot.AsSpan(0, snapshot.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
            ReadFile(files, $"{directory}/{snapshot}", 0);
        }

        foreach (var name in names.Where(static name => name.EndsWith(".log", StringComparison.Ordinal)))
            ReadFile(files, $"{directory}/{name}", from);
    }

    private void ReadFile(IFileSystem files, string path, long from)
    {
        using var reader = new LogFileReader(files, path);
        while (reader.MoveNext())
        {
            if (reader.IsDamage)
            {
                // At the end it is what a kill tore; a record that was acknowledged is not among it.
                if (!reader.MoveNext())
                    return;
                throw new ImportException($"{path} is damaged behind byte {reader.Position}: what topics there are cannot be known.");
            }

            var batch = new RecordBatchView(reader.Batch.Span);
            if (batch.IsControl || batch.NextOffset <= from)
                continue;
            foreach (var record in new RecordBatchReader(batch))
            {
                if (record.Offset >= from && !record.IsValueNull)
                    Apply(record.Value.ToArray());
            }
        }
    }

    private void Apply(ReadOnlyMemory<byte> bytes)
    {
        var reader = new KafkaReader(bytes);
        if (reader.ReadUnsignedVarint() != FrameVersion)
            throw new ImportException("The metadata of this Kafka is of a version that is not known here: import with a newer Chronik.");
        var kind = (RecordKind)reader.ReadUnsignedVarint();
        reader.ReadUnsignedVarint();
        switch (kind)
        {
            case RecordKind.BeginTransaction:
                _transaction = [];
                break;
            case RecordKind.AbortTransaction:
                _transaction = null;
                break;
            case RecordKind.EndTransaction:
                var records = _transaction ?? [];
                _transaction = null;
                foreach (var record in records)
                    Apply(record);
                break;
            default:
                if (_transaction is not null)
                    _transaction.Add(bytes);
                else
                    Apply(kind, ref reader);
                break;
        }
    }

    private void Apply(RecordKind kind, ref KafkaReader reader)
    {
        switch (kind)
        {
            case RecordKind.Topic:
                var name = reader.ReadString(compact: true);
                var id = new TopicId(reader.ReadUuid());
                _image.Topics[id] = new ClusterTopic(id, name);
                break;
            case RecordKind.Partition:
                var partition = reader.ReadInt32();
                if (_image.Topics.TryGetValue(new TopicId(reader.ReadUuid()), out var topic))
                    topic.Partitions.Add(partition);
                break;
            case RecordKind.RemoveTopic:
                Remove(new TopicId(reader.ReadUuid()));
                break;
            case RecordKind.Config:
                SetConfig((ResourceKind)reader.ReadInt8(), reader.ReadString(compact: true), reader.ReadString(compact: true), reader.ReadNullableString(compact: true));
                break;
            case RecordKind.ProducerIds:
                reader.ReadInt32();
                reader.ReadInt64();
                _image.NextProducerId = Math.Max(_image.NextProducerId, reader.ReadInt64());
                break;
            case RecordKind.AccessControlEntry:
                Count("ACL");
                break;
            case RecordKind.UserScramCredential:
                Count("SCRAM credential");
                break;
            case RecordKind.ClientQuota:
                Count("quota");
                break;
            case RecordKind.DelegationToken:
                Count("delegation token");
                break;
        }
    }

    private void Count(string what) => _image.Foreign[what] = _image.Foreign.GetValueOrDefault(what) + 1;

    private void Remove(TopicId id)
    {
        if (!_image.Topics.Remove(id, out var topic))
            return;
        foreach (var key in _image.TopicConfigs.Keys.Where(key => key.Topic == topic.Name).ToList())
            _image.TopicConfigs.Remove(key);
    }

    private void SetConfig(ResourceKind kind, string resource, string name, string? value)
    {
        var configs = kind switch
        {
            ResourceKind.Topic => _image.TopicConfigs,
            ResourceKind.Broker => _image.BrokerConfigs,
            _ => null,
        };
        if (value is null)
            configs?.Remove((resource, name));
        else if (configs is not null)
            configs[(resource, name)] = value;
    }
}
