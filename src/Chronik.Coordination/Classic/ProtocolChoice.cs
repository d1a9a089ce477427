using System.Collections.Immutable;
using Chronik.Coordination.Classic.Commands;

namespace Chronik.Coordination.Classic;

/// <summary>Which protocol a generation speaks.</summary>
internal static class ProtocolChoice
{
    /// <summary>Whether a member with these protocols can be in the group: one of them is offered by everyone.</summary>
    public static bool IsCompatible(ClassicGroup group, JoinCommand join)
    {
        if (join.ProtocolType.Length == 0 || join.Protocols.IsEmpty)
            return false;
        if (group.Phase == ClassicGroupPhase.Empty || group.Members.Count == 0)
            return true;
        return string.Equals(group.ProtocolType, join.ProtocolType, StringComparison.Ordinal)
            && join.Protocols.Any(protocol => group.Members.All.All(member => member.Supports(protocol.Name)));
    }

    /// <summary>
    /// Every member votes for the first of its protocols that all support; the most votes win, and among equals the one
    /// that the member listed first in the leader's own order comes first.
    /// </summary>
    public static string Elect(MemberTable members, GroupMember leader)
    {
        var candidates = leader.Protocols
            .Select(protocol => protocol.Name)
            .Where(name => members.All.All(member => member.Supports(name)))
            .ToImmutableArray();
        var votes = new int[candidates.Length];
        foreach (var member in members.All)
            votes[Vote(member, candidates)]++;
        return candidates[Array.IndexOf(votes, votes.Max())];
    }

    private static int Vote(GroupMember member, ImmutableArray<string> candidates)
    {
        foreach (var protocol in member.Protocols)
        {
            var index = candidates.IndexOf(protocol.Name);
            if (index >= 0)
                return index;
        }

        throw new InvalidOperationException($"Member {member.MemberId} shares no protocol with its group.");
    }
}
