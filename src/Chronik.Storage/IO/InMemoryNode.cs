namespace Chronik.Storage.IO;

/// <summary>What a name stands for: a file with content, or a folder.</summary>
internal sealed record InMemoryNode(InMemoryContent? Content);
