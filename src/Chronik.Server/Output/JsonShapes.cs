using System.Text.Json.Serialization;
using Chronik.Broker.Groups.Why;
using Chronik.Broker.Importing;

namespace Chronik.Server.Output;

/// <summary>The shapes of JSON that programs rely on: members are added, never renamed or taken away.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(List<SettingRow>))]
[JsonSerializable(typeof(GroupDescription))]
[JsonSerializable(typeof(GroupWhyReport))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(List<GroupRow>))]
[JsonSerializable(typeof(List<ProducedRow>))]
[JsonSerializable(typeof(List<ResetRow>))]
[JsonSerializable(typeof(List<Outcome>))]
[JsonSerializable(typeof(List<TopicRow>))]
[JsonSerializable(typeof(TopicDescription))]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class JsonShapes : JsonSerializerContext;
