using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>Record bytes cannot be read: malformed, above a bound, or in a codec that is not there.</summary>
public sealed class RecordFormatException : Exception
{
    /// <summary>Says what is wrong and which error code a client gets for it.</summary>
    public RecordFormatException(ErrorCode error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>INVALID_RECORD.</summary>
    public RecordFormatException(string message)
        : this(ErrorCode.InvalidRecord, message)
    {
    }

    /// <summary>INVALID_RECORD.</summary>
    public RecordFormatException(string message, Exception innerException)
        : this(ErrorCode.InvalidRecord, message, innerException)
    {
    }

    /// <summary>INVALID_RECORD.</summary>
    public RecordFormatException()
        : this("The records are malformed.")
    {
    }

    /// <summary>The error code for a client.</summary>
    public ErrorCode Error { get; }
}
