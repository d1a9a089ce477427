namespace Chronik.Storage.Verification;

/// <summary>One thing that a repair did, or would do.</summary>
/// <param name="Partition">The partition's folder, or "" for the data folder's own files.</param>
/// <param name="File">The file's name.</param>
/// <param name="FirstOffset">The first offset that it concerns, or null.</param>
/// <param name="NextOffset">The first offset that it does not concern any more, or null.</param>
/// <param name="What">What was done, in words.</param>
/// <param name="SavedAs">The file in the partition's folder that has the old bytes, or null.</param>
public sealed record RepairAction(string Partition, string File, long? FirstOffset, long? NextOffset, string What, string? SavedAs);
