namespace Chronik.Campaigns.Corruption;

/// <summary>One damage to a store's files.</summary>
/// <param name="Kind">What was done, in a word.</param>
/// <param name="Text">What was done, in full.</param>
/// <param name="Files">All files afterwards.</param>
/// <param name="Changed">The paths of those that are not as before.</param>
internal sealed record Mutation(string Kind, string Text, IReadOnlyDictionary<string, byte[]> Files, IReadOnlyList<string> Changed);
