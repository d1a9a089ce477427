using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>What each record of a batch is asked: its timestamp and its key. Collects the records that fail.</summary>
internal struct RecordCheck(BatchRules rules, long baseTimestamp, long nowMs)
{
    // A client cannot use more of them than a person reads, and a batch of a million bad records must not cost a million sentences.
    private const int ErrorsMax = 100;

    private readonly bool _keysRequired = rules.KeysRequired;
    private readonly bool _checkTimestamps = rules.TimestampType == TimestampType.CreateTime;
    private readonly long _earliest = rules.TimestampBeforeMsMax >= nowMs ? long.MinValue : nowMs - rules.TimestampBeforeMsMax;
    private readonly long _latest = rules.TimestampAfterMsMax >= long.MaxValue - nowMs ? long.MaxValue : nowMs + rules.TimestampAfterMsMax;
    private List<RecordError>? _errors;
    private bool _hasTimestampErrors;
    private int _errorCount;

    public void Record(int index, long timestampDelta, bool hasKey, ref long maxTimestamp)
    {
        var timestamp = unchecked(baseTimestamp + timestampDelta);
        if (timestamp > maxTimestamp)
            maxTimestamp = timestamp;
        if (_keysRequired && !hasKey)
            Add(index, "Compacted topic cannot accept message without key.");
        else if (_checkTimestamps && timestamp != RecordBatchHeader.NoTimestamp && (timestamp < _earliest || timestamp > _latest))
            AddTimestamp(index, timestamp);
    }

    /// <summary>The verdict if any record failed.</summary>
    public readonly BatchVerdict? Refused => _errors is null ? null
        : _hasTimestampErrors ? BatchVerdict.Refuse(ErrorCode.InvalidTimestamp, "One or more records have been rejected due to invalid timestamp.", _errors)
        : BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"One or more records have been rejected due to {_errorCount} record errors in total.", _errors);

    private void AddTimestamp(int index, long timestamp)
    {
        _hasTimestampErrors = true;
        Add(index, $"Timestamp {timestamp} of the record is out of range: it should be within [{_earliest}, {_latest}].");
    }

    private void Add(int index, string message)
    {
        _errorCount++;
        _errors ??= [];
        if (_errors.Count < ErrorsMax)
            _errors.Add(new RecordError(index, message));
    }
}
