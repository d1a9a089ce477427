namespace Chronik.Protocol;

/// <summary>A tagged field (KIP-482) that this version of the schema does not know: kept, and written back as it came.</summary>
/// <param name="Tag">The tag, ascending within a structure.</param>
/// <param name="Data">The field's bytes: a slice of what was read.</param>
public readonly record struct UnknownTaggedField(uint Tag, ReadOnlyMemory<byte> Data);
