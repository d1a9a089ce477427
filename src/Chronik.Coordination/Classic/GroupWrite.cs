namespace Chronik.Coordination.Classic;

/// <summary>A group as it must be stored before anything that depends on it is told.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Group">What to store, by <see cref="ClassicGroupCodec"/>. Of several that wait only the last need be written.</param>
/// <param name="MemberId">The member that it is about, for <see cref="GroupWriteKind.Replaced"/>.</param>
public sealed record GroupWrite(GroupWriteKind Kind, ClassicGroup Group, string? MemberId = null);
