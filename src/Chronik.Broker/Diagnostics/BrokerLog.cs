using System.Net;
using Chronik.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Diagnostics;

/// <summary>Every line that the broker logs, each an event with an id that never changes.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(100, LogLevel.Information, "Listening on {Address}")]
    public static partial void Listening(this ILogger logger, EndPoint address);

    [LoggerMessage(101, LogLevel.Warning, "Cannot accept connections on {Address} for now, trying again: {Reason}")]
    public static partial void AcceptFailed(this ILogger logger, EndPoint address, string reason);

    [LoggerMessage(102, LogLevel.Information, "Accepting connections on {Address} again")]
    public static partial void AcceptRecovered(this ILogger logger, EndPoint address);

    [LoggerMessage(103, LogLevel.Warning, "Refused a connection from {Peer}: {Reason}")]
    public static partial void ConnectionRefused(this ILogger logger, EndPoint peer, string reason);

    [LoggerMessage(110, LogLevel.Debug, "Connection {Id} from {Peer} opened")]
    public static partial void ConnectionOpened(this ILogger logger, long id, EndPoint peer);

    [LoggerMessage(111, LogLevel.Debug, "Connection {Id} from {Peer} ended")]
    public static partial void ConnectionEnded(this ILogger logger, long id, EndPoint peer);

    [LoggerMessage(112, LogLevel.Warning, "Closed the connection from {Peer}: {Reason}")]
    public static partial void ConnectionClosed(this ILogger logger, EndPoint peer, string reason);

    [LoggerMessage(113, LogLevel.Debug, "Connection {Id} from {Peer} broke: {Reason}")]
    public static partial void ConnectionBroke(this ILogger logger, long id, EndPoint peer, string reason);

    [LoggerMessage(114, LogLevel.Error, "{Api} v{Version} from {Peer} failed; the connection is closed")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, ApiKey api, short version, EndPoint peer);

    [LoggerMessage(115, LogLevel.Error, "The connection from {Peer} failed")]
    public static partial void ConnectionFailed(this ILogger logger, Exception exception, EndPoint peer);

    [LoggerMessage(116, LogLevel.Debug, "Connection {Id} from {Peer} was idle for connections.max.idle.ms")]
    public static partial void ConnectionIdle(this ILogger logger, long id, EndPoint peer);

    [LoggerMessage(117, LogLevel.Error, "{Records} cannot be read ({Reason}): the connection from {Peer} ends in the middle of an answer. Look at the disk")]
    public static partial void RecordsUnreadable(this ILogger logger, ExternalRecords records, string reason, EndPoint peer);

    [LoggerMessage(120, LogLevel.Information, "Broker {NodeId} is ready in {ElapsedMs} ms")]
    public static partial void Ready(this ILogger logger, int nodeId, long elapsedMs);

    [LoggerMessage(121, LogLevel.Information, "Broker {NodeId} stopped")]
    public static partial void Stopped(this ILogger logger, int nodeId);

    [LoggerMessage(122, LogLevel.Warning, "Topic {Topic} was found in the data folder, but not its settings: it is kept for ever (retention.ms=-1, retention.bytes=-1, cleanup.policy=delete) until they are set")]
    public static partial void TopicTakenIn(this ILogger logger, string topic);

    [LoggerMessage(123, LogLevel.Information, "{Directory} is a data folder of Apache Kafka: took over {Topics} topics with {Settings} settings and {Offsets} committed offsets; do not start Kafka on it again")]
    public static partial void KafkaTakenOver(this ILogger logger, string directory, int topics, int settings, int offsets);

    [LoggerMessage(124, LogLevel.Warning, "From Kafka's folder: {Note}")]
    public static partial void KafkaNote(this ILogger logger, string note);

    [LoggerMessage(125, LogLevel.Warning, "Topic {Topic}: partitions {Partitions} are not in this folder; they begin empty")]
    public static partial void KafkaPartitionsMissing(this ILogger logger, string topic, string partitions);

    [LoggerMessage(126, LogLevel.Error, "Transactions that Kafka left open could not be ended, and read_committed consumers wait for them; the next start tries again: {Reason}")]
    public static partial void KafkaTransactionsLeft(this ILogger logger, string reason);
}
