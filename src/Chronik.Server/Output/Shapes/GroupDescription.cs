namespace Chronik.Server.Output;

/// <summary>A group with its members and offsets.</summary>
internal sealed record GroupDescription(
    string Group, string State, string Type, string Assignor, List<MemberRow> Members, List<LagRow> Offsets);
