namespace Chronik.Protocol;

/// <summary>
/// The message cannot be said in this version: the version is not one of its versions, or a field that the version
/// lacks has a value that must not be lost, or is null where the version has no null.
/// </summary>
public sealed class UnsupportedVersionException : Exception
{
    /// <summary>With a sentence that names the field and the version.</summary>
    public UnsupportedVersionException(string message)
        : base(message)
    {
    }

    /// <summary>With a sentence and what caused it.</summary>
    public UnsupportedVersionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a sentence.</summary>
    public UnsupportedVersionException()
    {
    }

    /// <summary>A message was to be read or written in a version that it does not have.</summary>
    internal static UnsupportedVersionException ForMessage(string message, short version) =>
        new($"{message} has no version {version}.");

    /// <summary>A field has a value that this version cannot carry.</summary>
    internal static UnsupportedVersionException ForField(string field, short version) =>
        new($"{field} is set, but version {version} has no such field.");

    /// <summary>A field is null where this version has no null.</summary>
    internal static UnsupportedVersionException ForNull(string field, short version) =>
        new($"{field} is null, which version {version} does not allow.");
}
