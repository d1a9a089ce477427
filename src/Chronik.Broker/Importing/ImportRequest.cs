namespace Chronik.Broker.Importing;

/// <summary>What to import, and where to.</summary>
/// <param name="Sources">Data folders of one stopped cluster of Kafka.</param>
/// <param name="DataDirectory">Chronik's data folder; made where it is missing.</param>
/// <param name="Topics">The topics to take; empty for all.</param>
internal sealed record ImportRequest(IReadOnlyList<string> Sources, string DataDirectory, IReadOnlyList<string> Topics);
