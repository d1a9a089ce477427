using Chronik.Coordination.Classic.Answers;

namespace Chronik.Coordination.Classic;

/// <summary>What came of a command.</summary>
/// <param name="Group">The group from now on.</param>
/// <param name="Answers">
/// Answers to this request and to parked ones. Where the step also writes they leave after the last of its writes is
/// durable, or as an error. A request without an answer here is parked in the group.
/// </param>
/// <param name="Writes">What to store, in this order; each comes back as <see cref="Commands.WriteEnded"/>.</param>
/// <param name="Notices">What an operator may want to know.</param>
/// <param name="WakeAt">
/// The earliest deadline that this step set (after a tick: the earliest of all): a tick is due then at the latest.
/// </param>
public sealed record GroupStep(
    ClassicGroup Group,
    IReadOnlyList<GroupAnswer> Answers,
    IReadOnlyList<GroupWrite> Writes,
    IReadOnlyList<GroupNotice> Notices,
    TimeSpan? WakeAt);
