namespace Chronik.Protocol;

/// <summary>Record bytes that a <see cref="KafkaWriter"/> has to be followed by, or interleaved with, when it is sent.</summary>
/// <param name="Position">How many of the writer's own bytes come before the region.</param>
/// <param name="Records">The region; whoever sends it disposes it.</param>
public readonly record struct ExternalRegion(int Position, ExternalRecords Records);
