using System.Text.Json.Serialization;

namespace Chronik.Broker.Groups.Why;

/// <summary>Writes and reads reports without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GroupWhyReport))]
internal sealed partial class GroupWhyJson : JsonSerializerContext;
