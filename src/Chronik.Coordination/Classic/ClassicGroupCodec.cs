using System.Buffers;
using System.Collections.Immutable;

namespace Chronik.Coordination.Classic;

/// <summary>
/// A group as bytes for the catalog. What is stored is what members were told: parked requests, sessions and pending
/// members end with the process, and members that were never answered are not missed.
/// </summary>
/// <remarks>Format: docs/formats/classic-group.md. A new version adds to the end; old versions stay readable for ever.</remarks>
public static class ClassicGroupCodec
{
    private const byte Version = 1;

    /// <summary>Writes a group.</summary>
    public static ReadOnlyMemory<byte> Encode(ClassicGroup group)
    {
        var preparing = group.Phase == ClassicGroupPhase.PreparingRebalance;
        var members = group.Members.All.Where(member => !preparing || !member.IsNew).ToList();
        var phase = preparing && members.Count == 0 ? ClassicGroupPhase.Empty : group.Phase;
        var bytes = new ArrayBufferWriter<byte>(256 + (members.Count * 256));
        var writer = new StateWriter(bytes);
        writer.Byte(Version);
        writer.Byte((byte)phase);
        writer.Int64(group.PhaseSince.Wall.ToUnixTimeMilliseconds());
        writer.Int32(group.Generation);
        writer.Text(group.ProtocolType);
        writer.Text(phase == ClassicGroupPhase.Empty ? null : group.ProtocolName);
        writer.Text(phase == ClassicGroupPhase.Empty ? null : group.Leader);
        writer.Int64(group.NextJoinOrder);
        writer.Int32(members.Count);
        foreach (var member in members)
            Write(writer, member);
        return bytes.WrittenMemory;
    }

    /// <summary>
    /// Reads a group as it is after a restart: all sessions begin now, a Stable group stays so, one that was in the middle
    /// of a rebalance goes on with it and has all of its time again.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are no group, or come from a newer version.</exception>
    public static ClassicGroup Decode(string groupId, ReadOnlyMemory<byte> state, GroupSettings settings, Moment now)
    {
        var reader = new StateReader(state);
        var version = reader.Byte();
        if (version != Version)
            throw new InvalidDataException($"Group {groupId} is stored in version {version}, which this server does not know.");
        var phase = (ClassicGroupPhase)reader.Byte();
        if (phase > ClassicGroupPhase.Stable)
            throw new InvalidDataException($"Group {groupId} is stored in phase {(byte)phase}, which does not exist.");
        var since = DateTimeOffset.FromUnixTimeMilliseconds(reader.Int64());
        var group = new ClassicGroup
        {
            GroupId = groupId,
            Phase = phase,
            PhaseSince = new Moment(now.Uptime - (now.Wall - since), since),
            Generation = reader.Int32(),
            ProtocolType = reader.Text(),
            ProtocolName = reader.Text(),
            Leader = reader.Text(),
            NextJoinOrder = reader.Int64(),
        };
        var members = MemberTable.Empty;
        for (var left = reader.Count(); left > 0; left--)
            members = members.With(ReadMember(ref reader, phase, now));
        return Resume(group with { Members = members }, settings, now);
    }

    private static ClassicGroup Resume(ClassicGroup group, GroupSettings settings, Moment now) => group.Phase switch
    {
        ClassicGroupPhase.PreparingRebalance => group with { Join = new JoinState(now.Uptime + group.Members.RebalanceTimeoutMax) },
        ClassicGroupPhase.CompletingRebalance => group with { Sync = SyncPhase.Started(group, settings, now) },
        ClassicGroupPhase.Stable => group with { Sync = new SyncState { IsAnnounced = true } },
        _ => group,
    };

    private static void Write(StateWriter writer, GroupMember member)
    {
        writer.Text(member.MemberId);
        writer.Text(member.InstanceId);
        writer.Text(member.Client.ClientId);
        writer.Text(member.Client.Host);
        writer.Text(member.Client.SoftwareName);
        writer.Text(member.Client.SoftwareVersion);
        writer.Int64((long)member.SessionTimeout.TotalMilliseconds);
        writer.Int64((long)member.RebalanceTimeout.TotalMilliseconds);
        writer.Int64(member.JoinOrder);
        writer.Bytes(member.Assignment.Span);
        writer.Int32(member.Protocols.Length);
        foreach (var protocol in member.Protocols)
        {
            writer.Text(protocol.Name);
            writer.Bytes(protocol.Metadata.Span);
        }
    }

    private static GroupMember ReadMember(ref StateReader reader, ClassicGroupPhase phase, Moment now)
    {
        var member = new GroupMember
        {
            MemberId = reader.RequiredText(),
            InstanceId = reader.Text(),
            Client = new ClientIdentity(reader.RequiredText(), reader.RequiredText(), reader.RequiredText(), reader.RequiredText()),
            SessionTimeout = TimeSpan.FromMilliseconds(reader.Int64()),
            RebalanceTimeout = TimeSpan.FromMilliseconds(reader.Int64()),
            JoinOrder = reader.Int64(),
            Assignment = reader.Bytes(),
            Protocols = [],
            KnowsItsId = true,
            JoinedAt = phase is ClassicGroupPhase.CompletingRebalance or ClassicGroupPhase.Stable ? now : null,
            SyncedAt = phase == ClassicGroupPhase.Stable ? now : null,
        };
        var protocols = ImmutableArray.CreateBuilder<GroupProtocol>();
        for (var left = reader.Count(); left > 0; left--)
            protocols.Add(new GroupProtocol(reader.RequiredText(), reader.Bytes()));
        return (member with { Protocols = protocols.ToImmutable() }).Heard(now);
    }
}
