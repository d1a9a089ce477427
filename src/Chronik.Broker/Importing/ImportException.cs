namespace Chronik.Broker.Importing;

/// <summary>An import cannot be done; the message is one sentence that says why and what to do.</summary>
internal sealed class ImportException : Exception
{
    /// <summary>Makes one with a sentence for the user.</summary>
    public ImportException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a sentence for the user and its cause.</summary>
    public ImportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one without a sentence.</summary>
    public ImportException()
    {
    }
}
