using System.Buffers.Binary;
using Chronik.Records;

namespace Chronik.Storage.Producers;

/// <summary>The end of a transaction, as a control batch holds it (KIP-98).</summary>
internal readonly record struct TransactionMarker(bool IsCommit, int CoordinatorEpoch)
{
    private const short Abort = 0;
    private const short Commit = 1;
    private const int KeyBytes = 4;
    private const int ValueBytesMin = 6;

    /// <summary>Reads the first record of a control batch; false where it is no transaction marker (there are other control records).</summary>
    public static bool TryRead(RecordBatchView batch, out TransactionMarker marker)
    {
        marker = default;
        var payload = batch.Payload;
        var at = 0;

        // Length, attributes, timestamp delta, offset delta, then key and value, each with its length.
        if (!TryVarint(payload, ref at, out _) || at++ >= payload.Length || !TryVarint(payload, ref at, out _) || !TryVarint(payload, ref at, out _)
            || !TryVarint(payload, ref at, out var keyLength) || keyLength < KeyBytes || keyLength > payload.Length - at)
            return false;
        var type = BinaryPrimitives.ReadInt16BigEndian(payload[(at + 2)..]);
        at += (int)keyLength;
        if (type is not (Abort or Commit) || !TryVarint(payload, ref at, out var valueLength) || valueLength < ValueBytesMin || valueLength > payload.Length - at)
            return false;
        marker = new TransactionMarker(type == Commit, BinaryPrimitives.ReadInt32BigEndian(payload[(at + 2)..]));
        return true;
    }

    private static bool TryVarint(ReadOnlySpan<byte> source, ref int at, out long value)
    {
        const int BitsMax = 63;
        ulong raw = 0;
        for (var shift = 0; shift <= BitsMax && at < source.Length; shift += 7)
        {
            var next = source[at++];
            raw |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }
}
