namespace Chronik.Records;

/// <summary>Why a record made its batch be refused (KIP-467).</summary>
/// <param name="BatchIndex">The record's place in the batch, from 0.</param>
/// <param name="Message">A sentence for the client.</param>
public readonly record struct RecordError(int BatchIndex, string Message);
