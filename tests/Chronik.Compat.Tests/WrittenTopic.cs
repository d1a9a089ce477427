namespace Chronik.Compat.Tests;

/// <summary>A topic and what one client wrote to it.</summary>
/// <param name="Name">The topic; it has one partition.</param>
/// <param name="Compression">The compression of all of its batches.</param>
/// <param name="Records">In the order in which they were written.</param>
public sealed record WrittenTopic(string Name, string Compression, IReadOnlyList<CompatRecord> Records);
