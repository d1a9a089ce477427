using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>What each record that a client produced is asked: its timestamp and its key. Collects the records that fail.</summary>
internal struct RecordCheck(BatchRules rules, TimestampType batchTimestampType, long nowMs)
{
    // More would be of no use to a person, and a batch of a million bad records must not cost a million sentences.
    private const int ErrorsMax = 100;
    private const int ErrorsShown = 3;

    private readonly bool _keysRequired = rules.KeysRequired;
    private readonly bool _isCreateTime = rules.TimestampType == TimestampType.CreateTime;
    private readonly bool _isStampedByClient = batchTimestampType == TimestampType.LogAppendTime;
    private readonly long _earliest = nowMs - rules.TimestampBeforeMsMax;
    private readonly long _latest = rules.TimestampAfterMsMax >= long.MaxValue - nowMs ? long.MaxValue : nowMs + rules.TimestampAfterMsMax;
    private List<RecordError>? _errors;
    private bool _hasTimestampErrors;
    private int _errorCount;

    /// <summary>The largest timestamp so far, or -1.</summary>
    public long MaxTimestamp { get; private set; } = RecordBatchHeader.NoTimestamp;

    /// <summary>The verdict if any record failed.</summary>
    public readonly BatchVerdict? Refused => _errors is null ? null
        : _hasTimestampErrors ? BatchVerdict.Refuse(ErrorCode.InvalidTimestamp, "One or more records have been rejected due to invalid timestamp", _errors)
        : BatchVerdict.Refuse(ErrorCode.InvalidRecord, Summary(), _errors);

    public void Record(int index, long timestamp, bool hasKey)
    {
        if (timestamp > MaxTimestamp)
            MaxTimestamp = timestamp;
        if (_keysRequired && !hasKey)
            AddNoKey(index);
        else if (_isCreateTime && timestamp != RecordBatchHeader.NoTimestamp)
        {
            if (timestamp < _earliest || timestamp > _latest)
                AddOutOfRange(index, timestamp);
        }
        else if (_isStampedByClient)
            AddStamped(index);
    }

    private readonly string Summary() =>
        $"One or more records have been rejected due to {_errorCount} record errors in total, and only showing the first three errors at most: "
        + string.Join(", ", _errors!.Take(ErrorsShown).Select(error => $"record {error.BatchIndex}: {error.Message}"));

    private void AddNoKey(int index)
    {
        if (HasRoom())
            _errors!.Add(new RecordError(index, "Compacted topic cannot accept message without key."));
    }

    private void AddOutOfRange(int index, long timestamp)
    {
        _hasTimestampErrors = true;
        if (HasRoom())
            _errors!.Add(new RecordError(index, $"Timestamp {timestamp} of message with offset {index} is out of range. The timestamp should be within [{_earliest}, {_latest}]"));
    }

    private void AddStamped(int index)
    {
        _hasTimestampErrors = true;
        if (HasRoom())
            _errors!.Add(new RecordError(index, "Producer should not set timestamp type to LogAppendTime."));
    }

    private bool HasRoom()
    {
        _errors ??= [];
        return _errorCount++ < ErrorsMax;
    }
}
