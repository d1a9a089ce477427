using System.Data.Common;
using System.Runtime.InteropServices;
using Chronik.Protocol;

namespace Chronik.Catalog;

/// <summary>Applies catalog changes to a connection's open transaction, by statements that both databases understand.</summary>
internal sealed class SqlChanges : IDisposable
{
    private const string TopicIdParameter = "@topic_id";
    private readonly List<SqlStatement> _statements = [];
    private readonly DbConnection _connection;
    private readonly SqlStatement _insertTopic;
    private readonly SqlStatement _rememberDeletedTopic;
    private readonly SqlStatement _deleteTopicConfigs;
    private readonly SqlStatement _deleteTopicOffsets;
    private readonly SqlStatement _deleteTopic;
    private readonly SqlStatement _purgeTopic;
    private readonly SqlStatement _addPartitions;
    private readonly SqlStatement _saveConfig;
    private readonly SqlStatement _deleteConfig;
    private readonly SqlStatement _saveGroup;
    private readonly SqlStatement _deleteGroup;
    private readonly SqlStatement _deleteGroupOffsets;
    private readonly SqlStatement _saveOffset;
    private readonly SqlStatement _deleteOffset;
    private readonly SqlStatement _takeProducerIds;

    internal SqlChanges(DbConnection connection)
    {
        _connection = connection;
        _insertTopic = Prepare("insert-topic", TopicIdParameter, "@name", "@partition_count");
        _rememberDeletedTopic = Prepare("remember-deleted-topic", TopicIdParameter);
        _deleteTopicConfigs = Prepare("delete-topic-configs", TopicIdParameter);
        _deleteTopicOffsets = Prepare("delete-topic-offsets", TopicIdParameter);
        _deleteTopic = Prepare("delete-topic", TopicIdParameter);
        _purgeTopic = Prepare("purge-topic", TopicIdParameter);
        _addPartitions = Prepare("add-partitions", TopicIdParameter, "@partition_count");
        _saveConfig = Prepare("save-config", "@resource_kind", "@resource_name", "@name", "@value");
        _deleteConfig = Prepare("delete-config", "@resource_kind", "@resource_name", "@name");
        _saveGroup = Prepare("save-group", "@group_id", "@kind", "@state");
        _deleteGroup = Prepare("delete-group", "@group_id");
        _deleteGroupOffsets = Prepare("delete-group-offsets", "@group_id");
        _saveOffset = Prepare(
            "save-offset",
            "@group_id", "@topic", "@partition_index", "@next_offset", "@leader_epoch", "@metadata", "@commit_timestamp_ms", "@expire_timestamp_ms", TopicIdParameter);
        _deleteOffset = Prepare("delete-offset", "@group_id", "@topic", "@partition_index");
        _takeProducerIds = Prepare("take-producer-ids", "@next_producer_id");
    }

    /// <summary>Applies one change; throws what the database throws, or <see cref="CatalogException"/> where a row is missing.</summary>
    internal void Apply(CatalogChange change)
    {
        switch (change)
        {
            case OffsetCommitted(var row, var id):
                _saveOffset.Run(
                    row.GroupId, row.Topic, row.Partition, row.Offset, row.LeaderEpoch, row.Metadata, row.CommitTimestampMs, row.ExpireTimestampMs,
                    id == TopicId.None ? "" : id.ToString());
                break;
            case OffsetDeleted(var groupId, var topic, var partition):
                _deleteOffset.Run(groupId, topic, partition);
                break;
            case GroupSaved(var groupId, var kind, var state):
                _saveGroup.Run(groupId, (int)kind, Bytes(state));
                break;
            case GroupDeleted(var groupId):
                _deleteGroupOffsets.Run(groupId);
                _deleteGroup.Run(groupId);
                break;
            case ConfigSet(var resource, var name, null):
                _deleteConfig.Run((int)resource.Kind, resource.Name, name);
                break;
            case ConfigSet(var resource, var name, var value):
                _saveConfig.Run((int)resource.Kind, resource.Name, name, value);
                break;
            case TopicCreated(var row):
                _insertTopic.Run(row.Id.ToString(), row.Name, row.PartitionCount);
                break;
            case PartitionsAdded(var id, var count):
                MustTouchARow(_addPartitions.Run(id.ToString(), count), id);
                break;
            case TopicDeleted(var id):
                Delete(id);
                break;
            case TopicPurged(var id):
                _purgeTopic.Run(id.ToString());
                break;
            case ProducerIdsTaken(var next):
                if (_takeProducerIds.Run(next) == 0)
                    throw new CatalogException($"Producer ids above {next} are taken already.");
                break;
            default:
                throw new CatalogException($"The catalog does not know the change {change.GetType().Name}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
    }

    private void Delete(TopicId id)
    {
        var key = id.ToString();
        MustTouchARow(_rememberDeletedTopic.Run(key), id);
        _deleteTopicConfigs.Run(key);
        _deleteTopicOffsets.Run(key);
        _deleteTopic.Run(key);
    }

    private SqlStatement Prepare(string name, params ReadOnlySpan<string> parameters)
    {
        var statement = new SqlStatement(_connection, SqlScript.Statement(name), parameters);
        _statements.Add(statement);
        return statement;
    }

    private static void MustTouchARow(int rows, TopicId id)
    {
        if (rows == 0)
            throw new CatalogException($"The catalog holds no topic with the id {id}.");
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();
}
