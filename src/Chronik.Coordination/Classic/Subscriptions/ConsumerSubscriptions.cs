using Chronik.Coordination.Assignors;

namespace Chronik.Coordination.Classic.Subscriptions;

/// <summary>What the members of a consumer group subscribe to, as far as their metadata can be read.</summary>
public static class ConsumerSubscriptions
{
    /// <summary>The topics of one subscription; false where the bytes are none.</summary>
    internal static bool TryReadTopics(ReadOnlyMemory<byte> metadata, out HashSet<string> topics)
    {
        topics = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            topics.UnionWith(SubscriptionCodec.ReadSubscription(new AssignmentMember("", null, metadata)).Topics);
            return true;
        }
        catch (AssignmentException)
        {
            return false;
        }
    }

    /// <summary>
    /// The topics that anyone in the group subscribes to; null where that cannot be known: another protocol type, or
    /// metadata that are no subscription.
    /// </summary>
    public static IReadOnlySet<string>? TopicsOf(ClassicGroup group)
    {
        if (group.ProtocolType != ClassicGroup.ConsumerProtocolType)
            return null;
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in group.Members.All)
        {
            var protocol = group.ProtocolName ?? (member.Protocols.IsEmpty ? null : member.Protocols[0].Name);
            if (!TryReadTopics(member.MetadataFor(protocol), out var topics))
                return null;
            all.UnionWith(topics);
        }

        return all;
    }
}
