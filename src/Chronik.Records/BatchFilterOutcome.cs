namespace Chronik.Records;

/// <summary>What <see cref="RecordBatchFilter"/> made of a batch.</summary>
public enum BatchFilterOutcome
{
    /// <summary>All records stay: the batch's own bytes are to be used.</summary>
    Unchanged,

    /// <summary>Records were dropped, or a delete horizon was set: see <see cref="RecordBatchFilter.Rewritten"/>.</summary>
    Rewritten,

    /// <summary>No record stays.</summary>
    Emptied,
}
