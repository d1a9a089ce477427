using System.Collections.Immutable;

namespace Chronik.Coordination.Classic;

/// <summary>A member of a classic group.</summary>
public sealed record GroupMember
{
    /// <summary>The id that the coordinator gave it.</summary>
    public required string MemberId { get; init; }

    /// <summary>Its static identity (KIP-345), or null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The process behind it.</summary>
    public required ClientIdentity Client { get; init; }

    /// <summary>How long it may stay silent.</summary>
    public required TimeSpan SessionTimeout { get; init; }

    /// <summary>How long a rebalance waits for it.</summary>
    public required TimeSpan RebalanceTimeout { get; init; }

    /// <summary>What it offers, in its order of preference.</summary>
    public required ImmutableArray<GroupProtocol> Protocols { get; init; }

    /// <summary>Its part of the generation's assignment; empty until there is one.</summary>
    public ReadOnlyMemory<byte> Assignment { get; init; }

    /// <summary>Members are led by whoever has been there longest: a smaller number came earlier.</summary>
    public long JoinOrder { get; init; }

    /// <summary>Its parked JoinGroup, or null.</summary>
    public RequestId? JoinRequest { get; init; }

    /// <summary>Its parked SyncGroup, or null.</summary>
    public RequestId? SyncRequest { get; init; }

    /// <summary>When its session ends; null exactly while one of its requests is parked.</summary>
    public TimeSpan? SessionDeadline { get; init; }

    /// <summary>No JoinGroup of it was answered yet: nobody depends on it being remembered.</summary>
    public bool IsNew { get; init; }

    /// <summary>The client knows its member id: it was told with MEMBER_ID_REQUIRED, or by an answer.</summary>
    public bool KnowsItsId { get; init; }

    /// <summary>The connection of its parked request is gone; it may be back on another, but it should not lead.</summary>
    public bool IsDisconnected { get; init; }

    /// <summary>When it joined for the generation that is being made or lives; null: it has not.</summary>
    public Moment? JoinedAt { get; init; }

    /// <summary>When it asked for its assignment of this generation; null: it has not.</summary>
    public Moment? SyncedAt { get; init; }

    /// <summary>When it was last heard.</summary>
    public Moment LastHeardAt { get; init; }

    /// <summary>The static member whose place it takes, until that is stored.</summary>
    public StaticReplacement? Replaces { get; init; }

    /// <summary>It is in the generation, and has not asked for its assignment.</summary>
    internal bool OwesSync => JoinedAt is not null && SyncedAt is null;

    /// <summary>The metadata that it offers for a protocol; empty for one that it does not offer.</summary>
    public ReadOnlyMemory<byte> MetadataFor(string? protocol)
    {
        foreach (var offered in Protocols)
        {
            if (string.Equals(offered.Name, protocol, StringComparison.Ordinal))
                return offered.Metadata;
        }

        return ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>Whether it offers a protocol.</summary>
    internal bool Supports(string protocol)
    {
        foreach (var offered in Protocols)
        {
            if (string.Equals(offered.Name, protocol, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    /// <summary>Whether it offers exactly these, in this order.</summary>
    internal bool Offers(ImmutableArray<GroupProtocol> protocols)
    {
        if (Protocols.Length != protocols.Length)
            return false;
        for (var i = 0; i < protocols.Length; i++)
        {
            if (!Protocols[i].Matches(protocols[i]))
                return false;
        }

        return true;
    }

    /// <summary>It was heard: its session begins anew, unless a parked request keeps it alive anyway.</summary>
    internal GroupMember Heard(Moment now) => this with
    {
        LastHeardAt = now,
        SessionDeadline = JoinRequest is null && SyncRequest is null ? now.Uptime + SessionTimeout : null,
    };
}
