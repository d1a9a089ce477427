namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A name that topics come and go under.</summary>
internal sealed class TopicModel(string name)
{
    public string Name => name;

    /// <summary>The topic that is there, as far as is known; it may be on its way out.</summary>
    public Incarnation? Live { get; set; }

    /// <summary>One creation or deletion is under way.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Goes up whenever another topic may have come under this name, or this one gone.</summary>
    public long Changes { get; set; }

    /// <summary>Creations that may have happened, or still may.</summary>
    public List<CreationInDoubt> Doubts { get; } = [];

    /// <summary>What takes committed offsets away and may still happen.</summary>
    public List<Forgetting> Forgettings { get; } = [];

    /// <summary>It is there, and nothing is about to change that.</summary>
    public bool IsQuiet => Live is { IsLeaving: false } && !IsBusy && Doubts.Count == 0;
}
