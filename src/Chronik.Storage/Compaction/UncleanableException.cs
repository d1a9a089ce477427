namespace Chronik.Storage.Compaction;

/// <summary>A log cannot be compacted as it is: damage, or something that no log of Kafka has.</summary>
internal sealed class UncleanableException(string message) : Exception(message);
