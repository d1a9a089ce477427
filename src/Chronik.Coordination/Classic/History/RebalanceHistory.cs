using System.Collections.Immutable;

namespace Chronik.Coordination.Classic.History;

/// <summary>The last rebalances of a group. It lives in memory: after a restart it begins anew.</summary>
public sealed record RebalanceHistory
{
    /// <summary>How many are kept.</summary>
    public const int Capacity = 64;

    /// <summary>How many remarks one rebalance may gather: a group that cannot complete must not grow for ever.</summary>
    private const int NotesMax = 32;

    /// <summary>None yet.</summary>
    public static readonly RebalanceHistory Empty = new();

    /// <summary>Those that the next one has followed, oldest first.</summary>
    public ImmutableList<Rebalance> Past { get; init; } = [];

    /// <summary>The last one: it may still run, or its generation lives; null: there was none.</summary>
    public Rebalance? Current { get; init; }

    /// <summary>How many there were since the start.</summary>
    public long Total { get; init; }

    /// <summary>All that are kept, oldest first; members of the last one as far as they are gone.</summary>
    public IEnumerable<Rebalance> All => Current is null ? Past : Past.Append(Current);

    /// <summary>A rebalance begins; what the members did in the last one is written down.</summary>
    internal RebalanceHistory Begin(Rebalance next, MemberTable members)
    {
        var past = Past;
        if (Current is { } last)
        {
            past = past.Add(last with
            {
                Outcome = last.Outcome == RebalanceOutcome.Running ? RebalanceOutcome.Superseded : last.Outcome,
                EndedAt = last.EndedAt ?? next.StartedAt,
                Members = last.Members.AddRange(members.All.Where(member => !member.IsNew || member.JoinedAt is not null)
                    .Select(member => RebalanceMember.Of(member, isGone: false))),
            });
            if (past.Count >= Capacity)
                past = past.RemoveAt(0);
        }

        return this with { Past = past, Current = next, Total = Total + 1 };
    }

    internal RebalanceHistory Joined(int generation, string leader, DateTimeOffset at) =>
        Update(current => current with { Generation = generation, Leader = leader, JoinedAt = at });

    internal RebalanceHistory Ended(RebalanceOutcome outcome, DateTimeOffset at) =>
        Update(current => current with { Outcome = outcome, EndedAt = at });

    internal RebalanceHistory Departed(GroupMember member) => Update(current =>
        current.Members.Length >= 10_000 ? current : current with { Members = current.Members.Add(RebalanceMember.Of(member, isGone: true)) });

    internal RebalanceHistory Note(string words) =>
        Update(current => current.Notes.Length >= NotesMax ? current : current with { Notes = current.Notes.Add(words) });

    private RebalanceHistory Update(Func<Rebalance, Rebalance> change) =>
        Current is null ? this : this with { Current = change(Current) };
}
