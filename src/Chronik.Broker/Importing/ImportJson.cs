using System.Text.Json.Serialization;

namespace Chronik.Broker.Importing;

/// <summary>The journal of an import as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(ImportJournal))]
internal sealed partial class ImportJson : JsonSerializerContext;
