namespace Chronik.Storage;

/// <summary>The data folder cannot be used; the message is one sentence for the user.</summary>
public sealed class LogStoreException : Exception
{
    /// <summary>For serializers; use the one with a message.</summary>
    public LogStoreException()
    {
    }

    /// <summary>With a sentence for the user.</summary>
    public LogStoreException(string message)
        : base(message)
    {
    }

    /// <summary>With a sentence for the user and the cause.</summary>
    public LogStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
