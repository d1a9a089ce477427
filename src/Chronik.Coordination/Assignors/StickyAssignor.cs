namespace Chronik.Coordination.Assignors;

/// <summary>
/// The eager sticky assignor. Its members give up everything before they join, so what they had travels in the user
/// data: v0 the partitions (KIP-54), v1 with their generation (KIP-341).
/// </summary>
internal sealed class StickyAssignor : StickyAssignorBase
{
    public override string Name => "sticky";

    protected override PreviousClaim ClaimOf(MemberSubscription member) =>
        member.UserData is { IsEmpty: false } userData ? StickyUserData.ReadClaim(userData) : new PreviousClaim([], null);
}
