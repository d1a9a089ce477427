namespace Chronik.Records;

/// <summary>Whose clock a record's timestamp is from (KIP-32).</summary>
public enum TimestampType : byte
{
    /// <summary>The producer's.</summary>
    CreateTime = 0,

    /// <summary>The broker's, when it appended the batch.</summary>
    LogAppendTime = 1,
}
