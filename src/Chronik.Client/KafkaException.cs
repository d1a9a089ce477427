using Chronik.Protocol;

namespace Chronik.Client;

/// <summary>A broker answered with an error.</summary>
public sealed class KafkaException : Exception
{
    /// <summary>With the broker's error, and what it was about.</summary>
    public KafkaException(ErrorCode error, string message)
        : base(message) => Error = error;

    /// <summary>With a message.</summary>
    public KafkaException(string message)
        : this(ErrorCode.UnknownServerError, message)
    {
    }

    /// <summary>With a message and what caused it.</summary>
    public KafkaException(string message, Exception innerException)
        : base(message, innerException) => Error = ErrorCode.UnknownServerError;

    /// <summary>Without a message.</summary>
    public KafkaException()
        : this("A broker answered with an error.")
    {
    }

    /// <summary>The broker's error.</summary>
    public ErrorCode Error { get; }

    /// <summary>Throws unless there is no error.</summary>
    /// <param name="error">What the broker answered.</param>
    /// <param name="what">What failed, such as a topic or a group.</param>
    /// <param name="message">What the broker had to say, if anything.</param>
    public static void ThrowIfError(ErrorCode error, string what, string? message = null)
    {
        if (error != ErrorCode.None)
            throw new KafkaException(error, $"{what}: {message ?? error.ToString()}");
    }
}
