namespace Chronik.Server.Output;

/// <summary>A topic with all that is known of it.</summary>
internal sealed record TopicDescription(
    string Name, string? Id, bool Internal, List<PartitionRow> Partitions, List<ConfigRow> Configs);
