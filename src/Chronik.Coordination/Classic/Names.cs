using Chronik.Coordination.Classic.History;

namespace Chronik.Coordination.Classic;

/// <summary>How members and events are spoken of.</summary>
internal static class Names
{
    public static string Of(GroupMember member) => Of(member.MemberId, member.InstanceId, member.Client);

    public static string Of(string memberId, string? instanceId, ClientIdentity client)
    {
        var who = instanceId is null ? $"member {memberId}" : $"static member {instanceId} ({memberId})";
        var software = client.SoftwareName == "unknown" ? "" : $", {client.SoftwareName} {client.SoftwareVersion}";
        return $"{who} [client.id {(client.ClientId.Length == 0 ? "(none)" : client.ClientId)}, host {client.Host}{software}]";
    }

    public static string Of(RebalanceCause cause) => cause switch
    {
        RebalanceCause.MemberJoined => "a member joined",
        RebalanceCause.MemberChanged => "a member changed its subscription",
        RebalanceCause.LeaderRejoined => "the leader rejoined",
        RebalanceCause.StaticMemberReplaced => "a static member came back",
        RebalanceCause.MemberLeft => "a member left",
        RebalanceCause.SessionExpired => "a member's session expired",
        RebalanceCause.SyncMissed => "a member never fetched its assignment",
        RebalanceCause.LeaderEvicted => "the silent leader was removed",
        RebalanceCause.AssignmentRefused => "its leader did not know a topic that members subscribe to",
        RebalanceCause.WriteFailed => "the group could not be stored",
        _ => cause.ToString(),
    };

    public static string Of(ClassicGroupPhase phase) => phase.ToString();
}
