namespace Chronik.Coordination.Assignors;

/// <summary>A member sent a subscription that no assignor can read; a Java leader would fail on it too.</summary>
public sealed class AssignmentException : Exception
{
    /// <summary>Makes the exception without a message.</summary>
    public AssignmentException()
    {
    }

    /// <summary>Makes the exception with a message that names the member.</summary>
    public AssignmentException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message that names the member and what went wrong underneath.</summary>
    public AssignmentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
