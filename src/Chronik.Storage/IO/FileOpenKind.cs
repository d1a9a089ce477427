namespace Chronik.Storage.IO;

/// <summary>How a file is opened.</summary>
public enum FileOpenKind
{
    /// <summary>For reading; it must exist.</summary>
    Read,

    /// <summary>For reading and writing; it must exist.</summary>
    ReadWrite,

    /// <summary>For reading and writing; made empty where it does not exist.</summary>
    OpenOrCreate,

    /// <summary>For reading and writing; made anew, empty if it existed.</summary>
    CreateOrTruncate,
}
