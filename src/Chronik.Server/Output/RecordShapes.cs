using System.Text.Json.Serialization;

namespace Chronik.Server.Output;

/// <summary>The shape of records: one on each line, what is null left out.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecordRow))]
internal sealed partial class RecordShapes : JsonSerializerContext;
