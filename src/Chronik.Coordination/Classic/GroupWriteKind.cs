namespace Chronik.Coordination.Classic;

/// <summary>Why a group is stored: what follows when it is.</summary>
public enum GroupWriteKind
{
    /// <summary>A generation was made: its members may be told.</summary>
    Joined,

    /// <summary>It has its assignment: members may have it.</summary>
    Assigned,

    /// <summary>A static member has a new id: it may be told.</summary>
    Replaced,

    /// <summary>Members are gone, or all of them are.</summary>
    Removed,
}
