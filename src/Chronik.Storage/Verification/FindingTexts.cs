namespace Chronik.Storage.Verification;

/// <summary>What findings mean, in words for the operator.</summary>
internal static class FindingTexts
{
    private const string Nothing = "nothing: the next start deals with it";

    public static string Effect(LogFinding finding) => finding.Kind switch
    {
        FindingKind.DamagedBatch => "reads of these offsets get CORRUPT_MESSAGE; all others are served",
        FindingKind.TornTail when finding.Severity == FindingSeverity.Note => "none: what an unclean stop left was never acknowledged",
        FindingKind.TornTail => "these records are lost",
        FindingKind.WrongOffset => "the records are whole, but their offsets cannot be trusted",
        FindingKind.WrongEpoch => "the records are whole; clients may be told a wrong leader epoch",
        FindingKind.UnreadableRecords => "consumers fail on this batch",
        FindingKind.OldFormat => "this format is not served: reads get CORRUPT_MESSAGE",
        FindingKind.OffsetGap => "these offsets are gone; reads go on behind them",
        FindingKind.MissingTail => "these records are gone",
        FindingKind.MissingPartition => "its records are gone",
        FindingKind.OffsetIndex => "none, if the server distrusts it; else reads may miss records",
        FindingKind.TimeIndex => "searches by time may answer wrong offsets",
        FindingKind.TransactionIndex => "read_committed consumers may see aborted records, or miss committed ones",
        FindingKind.ProducerSnapshot => "none: producers are read from the log or an older snapshot",
        FindingKind.EpochCheckpoint => "clients may be told wrong leader epochs",
        FindingKind.PartitionMetadata => "the folder is known by its name alone",
        FindingKind.RecoveryPoint => "the next start takes longer: it reads more of the logs",
        FindingKind.LogStart => "deleted records may show up again, or others be hidden",
        FindingKind.CleanerCheckpoint => "logs are compacted again from their start on",
        FindingKind.BatchOffsets => "none; but a wrong base offset in this compacted segment may not be found",
        FindingKind.CannotRead when finding.FirstOffset is not null => "reads of these offsets get KAFKA_STORAGE_ERROR; all others are served",
        FindingKind.CannotRead => "reads of it fail",
        _ => "none",
    };

    public static string Repair(LogFinding finding) => finding.Kind switch
    {
        FindingKind.DamagedBatch => "mend it if one flipped bit explains it; else move the bytes to a .lost file, with an empty batch in their place",
        FindingKind.TornTail => "move the bytes to a .lost file and cut the tail",
        FindingKind.WrongOffset => "write the offset that what is beside it proves; else move the batch to a .lost file",
        FindingKind.WrongEpoch => "write the epoch that its neighbours prove",
        FindingKind.UnreadableRecords => "move the batch to a .lost file, with an empty batch in its place",
        FindingKind.OldFormat => "nothing: import it from Kafka 3 or older by a consumer and a producer",
        FindingKind.OffsetGap or FindingKind.MissingTail => "put an empty batch in their place",
        FindingKind.MissingPartition => "nothing: take it from a backup, or delete the topic",
        FindingKind.OffsetIndex or FindingKind.TimeIndex or FindingKind.TransactionIndex => "rebuild it from the log",
        FindingKind.ProducerSnapshot => "delete it; the log has all that is in it",
        FindingKind.EpochCheckpoint or FindingKind.BatchOffsets => "rebuild it from the log",
        FindingKind.PartitionMetadata => "copy it from another partition of the topic, or delete it",
        FindingKind.RecoveryPoint => "write it anew without what is wrong, so that the next start reads the log",
        FindingKind.LogStart => "let the log start where what is right in it says, else at its first record",
        FindingKind.CleanerCheckpoint => "write it anew without what is wrong",
        FindingKind.CannotRead => "nothing: look at the disk (dmesg, smartctl), copy the folder to another",
        FindingKind.Leftover => Nothing,
        _ => "nothing",
    };
}
