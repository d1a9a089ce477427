using Chronik.Client;
using Chronik.Protocol;

namespace Chronik.Server.Administration;

/// <summary>What errors of brokers mean to a person, where their names do not say it.</summary>
internal static class ErrorWords
{
    /// <summary>True for failures that are no fault of this program: its message says all there is to say.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is KafkaException or IOException or TimeoutException or UnauthorizedAccessException or UnsupportedVersionException;

    /// <summary>What to tell the user.</summary>
    public static string Sentence(Exception exception) =>
        exception is KafkaException refused ? Sentence(refused) : exception.Message;

    /// <summary>The exception's message, with words in the place of the error's bare name.</summary>
    private static string Sentence(KafkaException exception)
    {
        var name = exception.Error.ToString();
        return exception.Message.EndsWith(name, StringComparison.Ordinal) && Words(exception.Error) is { } words
            ? $"{exception.Message[..^name.Length]}{words}."
            : exception.Message;
    }

    private static string? Words(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition => "there is none of this name; `chronik-server topic list` shows those there are",
        ErrorCode.InvalidTopicException => "this is no name for a topic: letters, digits, '.', '_' and '-' make one, at most 249",
        ErrorCode.MessageTooLarge => "a record is larger than the topic's max.message.bytes",
        ErrorCode.RecordListTooLarge => "a batch is larger than a segment may be",
        ErrorCode.LeaderNotAvailable => "it has no leader now",
        ErrorCode.NotLeaderOrFollower => "its leader has moved",
        ErrorCode.RequestTimedOut => "the broker did not finish in time",
        ErrorCode.KafkaStorageError => "the broker's disk failed",
        ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress => "its coordinator is not ready yet",
        ErrorCode.InvalidGroupId => "this is no name for a group",
        ErrorCode.GroupAuthorizationFailed or ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed => "you are not allowed to",
        ErrorCode.InvalidPartitions => "the number of partitions is not possible",
        ErrorCode.InvalidReplicationFactor => "there are fewer brokers than replicas are wanted",
        ErrorCode.InvalidRecord => "the broker refused a record; a compacted topic takes none without a key",
        ErrorCode.TopicDeletionDisabled => "delete.topic.enable is false",
        ErrorCode.UnsupportedCompressionType => "the broker does not know this compression",
        _ => null,
    };
}
