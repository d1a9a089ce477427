namespace Chronik.Broker.Importing;

/// <summary>What an import came to.</summary>
internal sealed record ImportReport
{
    /// <summary>The topics that were asked for, by name.</summary>
    public required IReadOnlyList<ImportedTopic> Topics { get; init; }

    /// <summary>Groups whose offsets were taken.</summary>
    public required int GroupCount { get; init; }

    /// <summary>Offsets that were taken.</summary>
    public required int OffsetCount { get; init; }

    /// <summary>What was left out or is worth knowing, a sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What was damaged in the source, a sentence each.</summary>
    public required IReadOnlyList<string> Damage { get; init; }
}
