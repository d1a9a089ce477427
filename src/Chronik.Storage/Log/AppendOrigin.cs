namespace Chronik.Storage.Log;

/// <summary>Who appends to a log.</summary>
public enum AppendOrigin
{
    /// <summary>A producer: control batches are refused, sequences are checked.</summary>
    Client,

    /// <summary>The transaction coordinator: transaction markers of the epoch that wrote the records, or of a later one.</summary>
    Coordinator,

    /// <summary>A coordinator that raises the epoch with each transaction (KIP-890): a marker of the records' own epoch is late, and refused.</summary>
    EpochRaisingCoordinator,
}
