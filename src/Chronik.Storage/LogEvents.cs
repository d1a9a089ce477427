using Chronik.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage;

/// <summary>Every log message of this project: 2000 to 2099.</summary>
internal static partial class LogEvents
{
    [LoggerMessage(2000, LogLevel.Information, "Opened {Count} partition logs in {Directory} in {Seconds:0.00} s; clean stop before: {Clean}, {Bytes} bytes read again")]
    public static partial void StoreOpened(this ILogger logger, string directory, int count, double seconds, bool clean, long bytes);

    [LoggerMessage(2001, LogLevel.Error, "The log of {Partition} cannot be opened and stays offline")]
    public static partial void LogNotOpened(this ILogger logger, string partition, Exception exception);

    [LoggerMessage(2002, LogLevel.Warning, "The folder {Directory} is not a partition's and is left alone")]
    public static partial void ForeignFolder(this ILogger logger, string directory);

    [LoggerMessage(2003, LogLevel.Warning, "{File}: cut {Bytes} bytes of a torn tail behind offset {EndOffset}")]
    public static partial void TailCut(this ILogger logger, string file, long bytes, long endOffset);

    [LoggerMessage(2004, LogLevel.Error, "{File}: bytes {Position} to {End} are damaged, offsets {FirstOffset} up to {NextOffset} cannot be read; what follows is kept")]
    public static partial void DamageFound(this ILogger logger, string file, int position, int end, long firstOffset, long nextOffset);

    [LoggerMessage(2005, LogLevel.Warning, "{Partition}: segment {BaseOffset} does not follow on offset {EndOffset} and was never durable: removed")]
    public static partial void SegmentCut(this ILogger logger, TopicPartition partition, long baseOffset, long endOffset);

    [LoggerMessage(2006, LogLevel.Critical, "{Partition}: the disk did not take what was written; nothing of it is acknowledged, writes are refused")]
    public static partial void WentOffline(this ILogger logger, TopicPartition partition, Exception exception);

    [LoggerMessage(2007, LogLevel.Error, "{Partition}: an append failed; the log is as it was before")]
    public static partial void AppendFailed(this ILogger logger, TopicPartition partition, Exception exception);

    [LoggerMessage(2008, LogLevel.Information, "{Partition}: unsynced records were written to new files; the partition takes writes again")]
    public static partial void BackOnline(this ILogger logger, TopicPartition partition);

    [LoggerMessage(2009, LogLevel.Error, "{Partition}: still offline")]
    public static partial void StillOffline(this ILogger logger, TopicPartition partition, Exception? exception);

    [LoggerMessage(2010, LogLevel.Information, "{Partition}: deleted {Count} segments, the log starts at {StartOffset}")]
    public static partial void SegmentsDeleted(this ILogger logger, TopicPartition partition, int count, long startOffset);

    [LoggerMessage(2011, LogLevel.Error, "{Partition}: background work failed and is tried again")]
    public static partial void MaintenanceFailed(this ILogger logger, string partition, Exception exception);

    [LoggerMessage(2012, LogLevel.Warning, "{File}: an index is missing or wrong, rebuilding it from the log")]
    public static partial void IndexRebuilt(this ILogger logger, string file);

    [LoggerMessage(2030, LogLevel.Warning, "{File}: a snapshot of the producers is damaged; an older one and the log make up for it")]
    public static partial void SnapshotDamaged(this ILogger logger, string file);

    [LoggerMessage(2060, LogLevel.Information, "{Partition}: compacted offsets {From} to {To}: read {ReadMb:F1} MB, kept {KeptMb:F1} MB; {RecordsRead} records, kept {RecordsKept}; {Seconds:F2} s, key table {Utilization:P0} full")]
    public static partial void Compacted(
        this ILogger logger, TopicPartition partition, long from, long to, double readMb, double keptMb, long recordsRead, long recordsKept, double seconds, double utilization);

    [LoggerMessage(2061, LogLevel.Error, "{Partition}: it cannot be compacted and is left alone until the next start; it is read and written as before")]
    public static partial void LogUncleanable(this ILogger logger, TopicPartition partition, Exception exception);

    [LoggerMessage(2062, LogLevel.Error, "{Partition}: compaction failed and is tried again later; the log is as it was")]
    public static partial void CompactionFailed(this ILogger logger, TopicPartition partition, Exception exception);

    [LoggerMessage(2063, LogLevel.Warning, "{Partition}: compaction dropped {Count} records that have no key")]
    public static partial void KeylessRecordsDropped(this ILogger logger, TopicPartition partition, long count);

    [LoggerMessage(2013, LogLevel.Error, "{Partition}: reading failed")]
    public static partial void ReadFailed(this ILogger logger, TopicPartition partition, Exception exception);

    [LoggerMessage(2081, LogLevel.Error, "The disk that holds {Directory} is full: {Available} bytes are free, {Reserve} are kept for offsets and checkpoints (chronik.disk.reserve.bytes). Writes are refused, reads go on, and writes resume by themselves when there is room")]
    public static partial void DiskFull(this ILogger logger, string directory, long available, long reserve);

    [LoggerMessage(2082, LogLevel.Warning, "The disk that holds {Directory} has room again ({Available} bytes): writes resume")]
    public static partial void DiskHasRoom(this ILogger logger, string directory, long available);

    [LoggerMessage(2080, LogLevel.Error, "The system refuses to open more files than {Limit} in this process ({Error}): raise the limit with 'ulimit -n' or LimitNOFILE=, or set chronik.open.files.max lower")]
    public static partial void TooManyOpenFiles(this ILogger logger, long limit, string error);

    [LoggerMessage(2020, LogLevel.Warning, "{Partition}: the log cannot start at {StartOffset}, it ends at {EndOffset}: the checkpoint is wrong, the log starts at {Lowest}")]
    public static partial void LogStartNotBelieved(this ILogger logger, TopicPartition partition, long startOffset, long endOffset, long lowest);

    [LoggerMessage(2021, LogLevel.Warning, "{Partition}: {File} is missing or damaged; made anew from the log, the latest leader epoch is {Epoch}")]
    public static partial void EpochsRebuilt(this ILogger logger, TopicPartition partition, string file, int epoch);

    [LoggerMessage(2022, LogLevel.Information, "Recovering: {Opened} of {Count} partition logs are open, {MiB} MiB were read again")]
    public static partial void Recovering(this ILogger logger, int opened, int count, long miB);

    [LoggerMessage(2023, LogLevel.Error, "{Partition}: {Count} records from offset {Offset} on never became durable and cannot be read again: they are cut, so that the partition can go on")]
    public static partial void UnsyncedCut(this ILogger logger, TopicPartition partition, long count, long offset);

    [LoggerMessage(2024, LogLevel.Warning, "{File}: an earlier write to it failed ({Error}); what the disk holds of it is recovered")]
    public static partial void SyncFailedBefore(this ILogger logger, string file, string error);

    [LoggerMessage(2025, LogLevel.Error, "{File} is damaged: {Problem}; {Consequence}")]
    public static partial void CheckpointDamaged(this ILogger logger, string file, string problem, string consequence);

    [LoggerMessage(2026, LogLevel.Error, "{File} is damaged: it does not say whose the folder is; the folder belongs to the topic of its name")]
    public static partial void MetadataDamaged(this ILogger logger, string file);

    [LoggerMessage(2027, LogLevel.Error, "{Partition}: its partition.metadata names {Wrong}, a character away from the topic's id {TopicId}: written anew")]
    public static partial void Relabelled(this ILogger logger, TopicPartition partition, TopicId wrong, TopicId topicId);

    [LoggerMessage(2028, LogLevel.Information, "{File}: it ends at offset {EndOffset}, the next segment begins at {NextOffset}: compaction took what was between, or it never became durable; an empty batch stands for it")]
    public static partial void GapFilled(this ILogger logger, string file, long endOffset, long nextOffset);

    [LoggerMessage(2029, LogLevel.Error, "{Partition}: the transaction that is open from offset {FirstOffset} on may have ended in what is damaged behind it. Consumers that read committed records get CORRUPT_MESSAGE from there on until it is ended: by its producer, or by kafka-transactions abort --start-offset {FirstOffset}")]
    public static partial void TransactionMayHaveEnded(this ILogger logger, TopicPartition partition, long firstOffset);

    [LoggerMessage(2042, LogLevel.Error, "{File} is damaged: {Problem}; whether the base offsets of those batches of a compacted segment are right is not known, they are taken as they are")]
    public static partial void BatchOffsetsDamaged(this ILogger logger, string file, string problem);

    [LoggerMessage(2043, LogLevel.Error, "{File}: bytes {Position} to {End} cannot be read ({Error}): offsets {FirstOffset} up to {NextOffset} get KAFKA_STORAGE_ERROR until they can be, what is beside them is served. Look at the disk")]
    public static partial void BytesUnreadable(this ILogger logger, string file, int position, int end, string error, long firstOffset, long nextOffset);

    [LoggerMessage(2040, LogLevel.Error, "{Index} has no log file beside it: the records from offset {BaseOffset} on, up to the next segment, are gone")]
    public static partial void SegmentMissing(this ILogger logger, string index, long baseOffset);

    [LoggerMessage(2041, LogLevel.Warning, "{File} is empty: what failed while it was made left it; the records from offset {Offset} on are in {Before}")]
    public static partial void EmptySegmentRemoved(this ILogger logger, string file, long offset, string before);
}
