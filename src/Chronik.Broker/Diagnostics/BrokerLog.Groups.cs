using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Diagnostics;

/// <summary>What the group coordinator logs.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(200, LogLevel.Information, "Group {Group}, generation {Generation}: {What}, {Detail}; member {Member}, client.id {ClientId}, host {Host}, client {Software} {SoftwareVersion}")]
    public static partial void GroupChanged(
        this ILogger logger, string group, int generation, string what, string detail, string member, string clientId, string host, string software, string softwareVersion);

    [LoggerMessage(201, LogLevel.Warning, "Group {Group}, generation {Generation}: {What}, {Detail}; member {Member}, client.id {ClientId}, host {Host}, client {Software} {SoftwareVersion}")]
    public static partial void GroupTroubled(
        this ILogger logger, string group, int generation, string what, string detail, string member, string clientId, string host, string software, string softwareVersion);

    [LoggerMessage(202, LogLevel.Error, "Group {Group} could not be stored: {Reason}")]
    public static partial void GroupNotStored(this ILogger logger, string group, string reason);

    [LoggerMessage(203, LogLevel.Error, "Group {Group} is stored in a form that cannot be read and starts empty: {Reason}")]
    public static partial void GroupUnreadable(this ILogger logger, string group, string reason);

    [LoggerMessage(204, LogLevel.Error, "A request of group {Group} failed inside the coordinator")]
    public static partial void GroupFailed(this ILogger logger, Exception exception, string group);
}
