namespace Chronik.Storage.Compaction;

/// <summary>How far a compaction is. From <see cref="Clean"/> to <see cref="Finish"/> it goes round once for each group of segments.</summary>
internal enum CompactionStage
{
    /// <summary>The last offset of each key is noted.</summary>
    Map,

    /// <summary>What stays is written to a new segment, beside the old ones.</summary>
    Clean,

    /// <summary>The new segment is made durable.</summary>
    Sync,

    /// <summary>It is declared the valid one: a start after a crash takes it from here on.</summary>
    Commit,

    /// <summary>Readers get it.</summary>
    Publish,

    /// <summary>The old ones' names go, and it gets its own.</summary>
    Finish,

    /// <summary>Nothing is left to do.</summary>
    Done,
}
