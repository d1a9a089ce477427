namespace Chronik.Storage.Verification;

/// <summary>What can be wrong in a data folder. Members are added, never renamed: programs read them as JSON.</summary>
public enum FindingKind
{
    /// <summary>Bytes that are no valid batch, with valid ones or another segment behind them.</summary>
    DamagedBatch,

    /// <summary>The log ends in bytes that are no whole batch.</summary>
    TornTail,

    /// <summary>A batch is whole but states other offsets than its neighbours leave for it.</summary>
    WrongOffset,

    /// <summary>A batch is whole but states another leader epoch than its neighbours and the checkpoint.</summary>
    WrongEpoch,

    /// <summary>A batch's checksum is right, but its records cannot be parsed (deep check only).</summary>
    UnreadableRecords,

    /// <summary>A message set of Kafka before 0.11, which is not served.</summary>
    OldFormat,

    /// <summary>Offsets are missing, and neither compaction nor a repair says why.</summary>
    OffsetGap,

    /// <summary>The log ends before the offset up to which it was durable.</summary>
    MissingTail,

    /// <summary>A partition that the checkpoints know has no folder, or its folder has no segment.</summary>
    MissingPartition,

    /// <summary>An offset index does not fit its segment.</summary>
    OffsetIndex,

    /// <summary>A time index does not fit its segment.</summary>
    TimeIndex,

    /// <summary>A transaction index does not fit its segment.</summary>
    TransactionIndex,

    /// <summary>A snapshot of the producers cannot be read.</summary>
    ProducerSnapshot,

    /// <summary>The leader epoch checkpoint cannot be read or does not fit the log.</summary>
    EpochCheckpoint,

    /// <summary>The file that says whose partition a folder is cannot be read.</summary>
    PartitionMetadata,

    /// <summary>The checkpoint of recovery points cannot be read or does not fit the log.</summary>
    RecoveryPoint,

    /// <summary>The checkpoint of log starts cannot be read or does not fit the log.</summary>
    LogStart,

    /// <summary>A file of work that was not finished.</summary>
    Leftover,

    /// <summary>A file or folder that is no part of a log.</summary>
    Foreign,

    /// <summary>The disk or the system refused to read a file, or some bytes of a log.</summary>
    CannotRead,

    /// <summary>The checkpoint of what was compacted cannot be read.</summary>
    CleanerCheckpoint,

    /// <summary>What is known of the base offsets in a compacted segment cannot be read, or is missing.</summary>
    BatchOffsets,
}
