using Chronik.MessageGenerator.Model;

namespace Chronik.MessageGenerator.Emitting;

/// <summary>What the table of all requests says of one: compared by value, so that it is written anew only when it changes.</summary>
internal sealed record ApiRow(int Key, string Name, VersionRange Versions, VersionRange Flexible);
