namespace Chronik.Server.Output;

/// <summary>
/// A record, on a line of its own. Key and value are text where their bytes are UTF-8, else base64 in the members of
/// those names; null in both is null.
/// </summary>
internal sealed record RecordRow(
    string Topic,
    int? Partition,
    long? Offset,
    DateTimeOffset? Timestamp,
    string? Key,
    string? KeyBase64,
    string? Value,
    string? ValueBase64,
    List<RecordHeaderRow>? Headers);
