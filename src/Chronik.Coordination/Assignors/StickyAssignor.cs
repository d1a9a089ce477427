using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>
/// The eager sticky assignor. Its members give up everything before they join, so what they had travels in the user
/// data: v0 the partitions (KIP-54), v1 with their generation (KIP-341).
/// </summary>
internal sealed class StickyAssignor : StickyAssignorBase
{
    public override string Name => "sticky";

    protected override PreviousClaim ClaimOf(MemberSubscription member)
    {
        if (member.UserData is not { IsEmpty: false } userData)
            return new PreviousClaim([], null);
        List<TopicPartition> partitions;
        var reader = new ConsumerProtocolReader(userData);
        try
        {
            partitions = reader.ReadPartitions();
        }
        catch (FormatException)
        {
            // Stickiness is a courtesy: unreadable user data costs a member its partitions, not the group its assignment.
            return new PreviousClaim([], PreviousClaim.NoGeneration);
        }

        return new PreviousClaim(partitions, reader.TryReadInt32(out var generation) ? generation : null);
    }
}
