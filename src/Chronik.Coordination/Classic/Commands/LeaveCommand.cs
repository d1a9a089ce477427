using System.Collections.Immutable;

namespace Chronik.Coordination.Classic.Commands;

/// <summary>LeaveGroup, of one member (v0 to v2) or many.</summary>
public sealed record LeaveCommand(RequestId Request, ImmutableArray<LeavingMember> Members) : GroupRequest(Request);
