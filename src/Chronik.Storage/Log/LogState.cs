namespace Chronik.Storage.Log;

/// <summary>Whether a log takes appends.</summary>
internal enum LogState
{
    Online,

    /// <summary>The disk failed: nothing is written until the unsynced records are safe elsewhere.</summary>
    Offline,

    Closed,

    Deleted,
}
