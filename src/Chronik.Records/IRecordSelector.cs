namespace Chronik.Records;

/// <summary>Decides which records of a batch stay.</summary>
public interface IRecordSelector
{
    /// <summary>Whether a record stays; asked once for each, in their order.</summary>
    bool Keeps(RecordView record);
}
