namespace Chronik.Storage.Log;

/// <summary>Who appends to a log.</summary>
public enum AppendOrigin
{
    /// <summary>A producer: control batches are refused, sequences are checked.</summary>
    Client,

    /// <summary>The transaction coordinator: transaction markers.</summary>
    Coordinator,
}
