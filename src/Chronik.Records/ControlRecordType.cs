namespace Chronik.Records;

/// <summary>What a transaction marker says (KIP-98); the wire's numbers.</summary>
public enum ControlRecordType : short
{
    /// <summary>The transaction was aborted.</summary>
    Abort = 0,

    /// <summary>The transaction was committed.</summary>
    Commit = 1,
}
