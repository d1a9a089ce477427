using Chronik.Protocol;

namespace Chronik.Storage.Verification;

/// <summary>What is known of a partition from outside of its folder.</summary>
/// <param name="Name">Its folder's name.</param>
/// <param name="WasClosedCleanly">Nobody wrote after the last checkpoint.</param>
/// <param name="RecoveryPoint">Below it all is durable; null where the checkpoint does not say.</param>
/// <param name="LogStart">The log start that the checkpoint says, or null.</param>
/// <param name="IsStartKnown">Whether a log start that the checkpoint does not say is 0; false if it is missing or damaged.</param>
/// <param name="TopicId">The id that most folders of its topic carry, or none.</param>
/// <param name="CompactedUpTo">Below it compaction may have taken offsets out.</param>
internal sealed record PartitionFacts(
    string Name, bool WasClosedCleanly, long? RecoveryPoint, long? LogStart, bool IsStartKnown, TopicId TopicId, long CompactedUpTo);
