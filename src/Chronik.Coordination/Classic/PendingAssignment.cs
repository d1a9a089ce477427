namespace Chronik.Coordination.Classic;

/// <summary>An assignment on its way to the catalog.</summary>
/// <param name="ByMember">Each member's part; those who are missing get nothing.</param>
/// <param name="ByServer">The server computed it in place of a silent leader.</param>
public sealed record PendingAssignment(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> ByMember, bool ByServer);
