namespace Chronik.Storage.Verification;

/// <summary>One thing that is not as it should be.</summary>
public sealed record LogFinding
{
    /// <summary>The partition's folder, or "" where it is the data folder's own.</summary>
    public required string Partition { get; init; }

    /// <summary>The file's name in that folder, or "" where it is the folder itself.</summary>
    public required string File { get; init; }

    /// <summary>What kind of thing it is.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>How much it matters.</summary>
    public FindingSeverity Severity { get; init; } = FindingSeverity.Damage;

    /// <summary>Where in the file it starts, in bytes; null where that means nothing.</summary>
    public long? Position { get; init; }

    /// <summary>Where in the file it ends (exclusive).</summary>
    public long? End { get; init; }

    /// <summary>The first offset that is affected; null where none is.</summary>
    public long? FirstOffset { get; init; }

    /// <summary>The first offset that is not affected any more.</summary>
    public long? NextOffset { get; init; }

    /// <summary>How many findings like this one, side by side, it stands for.</summary>
    public int Count { get; init; } = 1;

    /// <summary>What is wrong, in words.</summary>
    public required string Problem { get; init; }

    /// <summary>What it means for those who read or write the partition.</summary>
    public string Effect => FindingTexts.Effect(this);

    /// <summary>What a repair would do.</summary>
    public string Repair => FindingTexts.Repair(this);
}
