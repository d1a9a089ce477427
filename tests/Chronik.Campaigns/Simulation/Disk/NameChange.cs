namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>A name that was made, given to something else, or taken away, in one step: a rename does two of these at once.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Name">The name.</param>
/// <param name="Node">What it leads to now; null: it is gone.</param>
/// <param name="OldName">A rename: the name in the same folder that is gone by it.</param>
internal sealed record NameChange(FolderNode Folder, string Name, DiskNode? Node, string? OldName = null)
{
    public void ApplyDurably()
    {
        if (OldName is not null)
            Folder.DurableNames.Remove(OldName);
        if (Node is null)
            Folder.DurableNames.Remove(Name);
        else
            Folder.DurableNames[Name] = Node;
    }

    /// <summary>Whether one of them says something else about a name than the other.</summary>
    public bool Touches(NameChange other) =>
        ReferenceEquals(Folder, other.Folder)
        && (Name == other.Name || Name == other.OldName || (OldName is not null && (OldName == other.Name || OldName == other.OldName)));

    public override string ToString() => OldName is null ? $"{(Node is null ? "-" : "+")}{Name}" : $"{OldName}>{Name}";
}
