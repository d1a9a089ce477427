using System.Diagnostics.CodeAnalysis;
using Chronik.Protocol;

namespace Chronik.Broker.Topics;

/// <summary>What a change of a topic came to.</summary>
/// <param name="Error">NONE, or why nothing was changed.</param>
/// <param name="Message">A sentence for the client with an error.</param>
/// <param name="Topic">The topic as it is now (or was, if deleted), where there is no error.</param>
internal readonly record struct TopicResult(ErrorCode Error, string? Message, Topic? Topic)
{
    /// <summary>Whether the change was made.</summary>
    [MemberNotNullWhen(true, nameof(Topic))]
    internal bool IsDone => Topic is not null;

    internal static TopicResult Done(Topic topic) => new(ErrorCode.None, null, topic);

    internal static TopicResult Failed(ErrorCode error, string message) => new(error, message, null);
}
