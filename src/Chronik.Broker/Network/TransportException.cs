namespace Chronik.Broker.Network;

/// <summary>A listener could not be opened, said in a sentence for the operator.</summary>
public sealed class TransportException : Exception
{
    /// <summary>Makes one with a sentence.</summary>
    public TransportException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a sentence and its cause.</summary>
    public TransportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one without a sentence.</summary>
    public TransportException()
    {
    }
}
