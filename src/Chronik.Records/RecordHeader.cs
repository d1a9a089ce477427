namespace Chronik.Records;

/// <summary>A record's header (KIP-82), to be written.</summary>
/// <param name="Key">Its name; names may repeat.</param>
/// <param name="Value">Its value, or null.</param>
public readonly record struct RecordHeader(string Key, ReadOnlyMemory<byte>? Value);
