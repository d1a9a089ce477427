namespace Chronik.Storage.IO;

/// <summary>What <see cref="FaultyFileSystem"/> can make fail.</summary>
public enum FileOperation
{
    /// <summary>Opening a file, making a folder.</summary>
    Open,

    /// <summary>Emptying a file that is to be new, when its name is there already: as creating it, or opening it.</summary>
    Empty,

    /// <summary>Reading.</summary>
    Read,

    /// <summary>Writing, changing the length.</summary>
    Write,

    /// <summary>Making a file durable.</summary>
    Sync,

    /// <summary>Making a folder's names durable.</summary>
    SyncDirectory,

    /// <summary>Making a whole file system durable.</summary>
    SyncFileSystem,

    /// <summary>Renaming.</summary>
    Rename,

    /// <summary>Deleting.</summary>
    Delete,
}
