namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A consumer of a group, as far as the group protocol goes.</summary>
internal sealed class GroupMember(string group, string name)
{
    public string Group => group;

    public string Name => name;

    /// <summary>A request of it is under way.</summary>
    public bool IsBusy { get; set; }

    public string MemberId { get; set; } = "";

    public int Generation { get; set; } = -1;

    /// <summary>It has joined this generation, and asks for its assignment next.</summary>
    public bool IsJoined { get; set; }

    /// <summary>It has its assignment.</summary>
    public bool IsStable { get; set; }

    /// <summary>Whom it assigns partitions to: it leads.</summary>
    public IReadOnlyList<string> Led { get; set; } = [];

    public string Protocol { get; set; } = "";

    /// <summary>It has to join again.</summary>
    public void Rejoin() => (IsJoined, IsStable) = (false, false);

    /// <summary>It is gone, without a word; another one comes in its place.</summary>
    public void Die()
    {
        Rejoin();
        (MemberId, Generation) = ("", -1);
    }
}
