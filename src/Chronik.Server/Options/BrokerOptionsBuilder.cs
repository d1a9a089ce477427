using Chronik.Broker;

namespace Chronik.Server.Options;

/// <summary>Makes the broker's options of the settings in force.</summary>
internal static class BrokerOptionsBuilder
{
    /// <summary>Makes the options; null where something is wrong, which <paramref name="problems"/> then says.</summary>
    public static BrokerOptions? Build(EffectiveSettings settings, IReadOnlyDictionary<string, string> environment, out List<string> problems)
    {
        problems = [.. settings.Problems];
        var listeners = ListenerSettings.Parse(settings, problems);
        var directory = settings.Text(SettingTable.LogDirs) ?? DataDirectory.Default(environment);
        if (directory.Contains(',', StringComparison.Ordinal))
            problems.Add($"{SettingTable.LogDirs} is '{directory}' ({settings.Given[SettingTable.LogDirs].Origin}), but Chronik keeps its data in one folder: name one.");
        else if (directory.Length == 0)
            problems.Add($"{SettingTable.LogDirs} is empty ({settings.Given[SettingTable.LogDirs].Origin}): name a folder, or leave it out.");
        if (problems.Count > 0)
            return null;

        return new BrokerOptions
        {
            NodeId = settings.Int("node.id"),
            Rack = settings.Text("broker.rack"),
            DataDirectory = Path.GetFullPath(directory),
            Listeners = listeners,
            SocketRequestBytesMax = settings.Int("socket.request.max.bytes"),
            SocketSendBufferBytes = settings.Int("socket.send.buffer.bytes"),
            ConnectionsMaxIdleMs = settings.Long("connections.max.idle.ms"),
            ConnectionsMax = settings.Int("max.connections"),
            ConnectionsPerIpMax = settings.Int("max.connections.per.ip"),
            ConnectionUnderWayBytesMax = settings.Long("chronik.connection.underway.max.bytes"),
            QueuedRequestBytesMax = settings.Long("queued.max.request.bytes") is var bytes and > 0 ? bytes : long.MaxValue,
            MessageBytesMax = settings.Int("message.max.bytes"),
            FetchBytesMax = settings.Int("fetch.max.bytes"),
            FetchSessionsMax = settings.Int("max.incremental.fetch.session.cache.slots"),
            OpenFilesMax = settings.Int("chronik.open.files.max"),
            DiskReserveBytes = settings.Long("chronik.disk.reserve.bytes"),
            CheckpointIntervalMs = settings.Int("log.flush.offset.checkpoint.interval.ms"),
            RetentionCheckIntervalMs = settings.Long("log.retention.check.interval.ms"),
            AutoCreateTopicsEnable = settings.Bool("auto.create.topics.enable"),
            NumPartitions = settings.Int("num.partitions"),
            DeleteTopicEnable = settings.Bool("delete.topic.enable"),
            LogSettings = settings.Given.ToDictionary(pair => pair.Key, pair => pair.Value.Value, StringComparer.Ordinal),
        };
    }
}
