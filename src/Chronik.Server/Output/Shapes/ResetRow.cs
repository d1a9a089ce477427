namespace Chronik.Server.Output;

/// <summary>A committed offset before and after; before is -1 where there was none.</summary>
internal sealed record ResetRow(string Topic, int Partition, long Before, long After);
