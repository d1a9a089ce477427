namespace Chronik.Server.Output;

/// <summary>A topic in a list.</summary>
internal sealed record TopicRow(string Name, string? Id, int Partitions, int Replicas, bool Internal);
