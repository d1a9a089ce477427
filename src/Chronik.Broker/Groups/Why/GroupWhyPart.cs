namespace Chronik.Broker.Groups.Why;

/// <summary>A member's part in a rebalance: when it joined and synced, and whether it was removed before the next.</summary>
internal sealed record GroupWhyPart(
    string MemberId, string? InstanceId, string ClientId, string Host, DateTimeOffset? JoinedAt, DateTimeOffset? SyncedAt, bool Gone);
