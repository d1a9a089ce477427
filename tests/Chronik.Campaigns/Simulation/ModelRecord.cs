using System.Text;
using Chronik.Records;

namespace Chronik.Campaigns.Simulation;

/// <summary>A record that was handed to the log.</summary>
/// <param name="Timestamp">In milliseconds since 1970.</param>
/// <param name="Key">Null: none.</param>
/// <param name="Value">The checksum of its value; null: a tombstone.</param>
internal readonly record struct ModelRecord(long Timestamp, string? Key, uint? Value)
{
    public static ModelRecord Of(RecordView record) => new(
        record.Timestamp,
        record.IsKeyNull ? null : Encoding.Latin1.GetString(record.Key),
        record.IsValueNull ? null : Crc32C.Compute(record.Value));
}
