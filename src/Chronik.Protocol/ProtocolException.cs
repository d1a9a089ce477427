namespace Chronik.Protocol;

/// <summary>The bytes are not what the protocol says they must be. Whoever sent them cannot be answered: close the connection.</summary>
public sealed class ProtocolException : Exception
{
    /// <summary>With a reason that a log line can show.</summary>
    public ProtocolException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and what caused it.</summary>
    public ProtocolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a reason.</summary>
    public ProtocolException()
    {
    }
}
