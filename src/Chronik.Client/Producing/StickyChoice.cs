namespace Chronik.Client.Producing;

/// <summary>The partition that keyless records go to now, and how many batches it had begun before.</summary>
internal sealed record StickyChoice(int Partition, int BatchesBegun);
