using System.Buffers.Binary;
using Chronik.Records;

namespace Chronik.Storage.Producers;

/// <summary>
/// Kafka's <c>.snapshot</c>: the producers as they stood at an offset. Version (int16, 1), CRC-32C of what follows it, a count,
/// and entries. Kafka writes one entry for a producer, of its last batch; here there is one for each remembered batch, oldest
/// first, of which Kafka takes the last: so a restart forgets no batch that may be repeated. Behind the entries, where Kafka does not
/// look but within the checksum, follow the <see cref="AbortedSum"/>s and the transactions whose markers may lie in damage, where there
/// are any: see docs/formats/snapshots.md.
/// </summary>
internal static class ProducerSnapshot
{
    private const short Version = 1;
    private const int HeaderBytes = 10;
    private const int CrcAt = 2;
    private const int CountAt = 6;
    private const int EntryBytes = 46;
    private const int SumsVersion = 1;
    private const int DoubtfulVersion = 2;
    private const int SumsHeaderBytes = 8;
    private const int SumBytes = 24;

    public static byte[] Write(ProducerStates states, IReadOnlyList<AbortedSum> sums)
    {
        var count = states.Entries.Sum(static entry => Math.Max(1, entry.BatchCount));
        long[] doubtful = [.. states.Doubtful];
        var hasSums = sums.Count + doubtful.Length > 0;
        var sumsBytes = hasSums ? SumsHeaderBytes + (sums.Count * SumBytes) + (doubtful.Length * sizeof(long)) : 0;
        var bytes = new byte[HeaderBytes + (count * EntryBytes) + sumsBytes];
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CountAt), count);
        var at = HeaderBytes;
        foreach (var entry in states.Entries)
        {
            for (var i = 0; i < Math.Max(1, entry.BatchCount); i++, at += EntryBytes)
            {
                var batch = i < entry.BatchCount ? entry[i] : new ProducerBatch(Sequences.None, -1, 0, -1);
                WriteEntry(bytes.AsSpan(at), entry, batch, isLast: i >= entry.BatchCount - 1);
            }
        }

        if (hasSums)
            WriteSums(bytes.AsSpan(at), sums, doubtful);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcAt), Crc32C.Compute(bytes.AsSpan(CountAt)));
        return bytes;
    }

    /// <summary>Restores the producers; false where the file is damaged or of another version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ProducerStates states) => TryRead(bytes, states, out _);

    /// <summary>The same, and what it says of the transaction indexes: nothing where Kafka wrote it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ProducerStates states, out IReadOnlyList<AbortedSum> sums)
    {
        sums = [];
        if (bytes.Length < HeaderBytes
            || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]) != Crc32C.Compute(bytes[CountAt..])
            || BinaryPrimitives.ReadInt32BigEndian(bytes[CountAt..]) is var count && (count < 0 || count > (bytes.Length - HeaderBytes) / EntryBytes))
            return false;
        var end = HeaderBytes + (count * EntryBytes);
        ProducerEntry? entry = null;
        for (var at = HeaderBytes; at < end; at += EntryBytes)
            entry = ReadEntry(bytes[at..], entry, states);
        if (entry is not null)
            states.Restore(entry);
        sums = ReadSums(bytes[end..], states);
        return true;
    }

    private static void WriteSums(Span<byte> to, IReadOnlyList<AbortedSum> sums, long[] doubtful)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, doubtful.Length == 0 ? SumsVersion : DoubtfulVersion);
        BinaryPrimitives.WriteInt32BigEndian(to[4..], sums.Count);
        for (var i = 0; i < sums.Count; i++)
        {
            var at = to[(SumsHeaderBytes + (i * SumBytes))..];
            BinaryPrimitives.WriteInt64BigEndian(at, sums[i].Start);
            BinaryPrimitives.WriteInt64BigEndian(at[8..], sums[i].End);
            BinaryPrimitives.WriteInt32BigEndian(at[16..], sums[i].Count);
            BinaryPrimitives.WriteUInt32BigEndian(at[20..], sums[i].Crc);
        }

        to = to[(SumsHeaderBytes + (sums.Count * SumBytes))..];
        for (var i = 0; i < doubtful.Length; i++)
            BinaryPrimitives.WriteInt64BigEndian(to[(i * sizeof(long))..], doubtful[i]);
    }

    // A later version may say more, or something else: then nothing is known.
    private static List<AbortedSum> ReadSums(ReadOnlySpan<byte> from, ProducerStates states)
    {
        var sums = new List<AbortedSum>();
        if (from.Length < SumsHeaderBytes || BinaryPrimitives.ReadInt32BigEndian(from) is not (SumsVersion or DoubtfulVersion))
            return sums;
        var end = SumsHeaderBytes + ((long)BinaryPrimitives.ReadInt32BigEndian(from[4..]) * SumBytes);
        if (end < SumsHeaderBytes || end > from.Length)
            return sums;
        for (var at = (int)end; at + sizeof(long) <= from.Length; at += sizeof(long))
            states.Doubt(BinaryPrimitives.ReadInt64BigEndian(from[at..]));
        for (var at = SumsHeaderBytes; at < end; at += SumBytes)
        {
            sums.Add(new AbortedSum(
                BinaryPrimitives.ReadInt64BigEndian(from[at..]),
                BinaryPrimitives.ReadInt64BigEndian(from[(at + 8)..]),
                BinaryPrimitives.ReadInt32BigEndian(from[(at + 16)..]),
                BinaryPrimitives.ReadUInt32BigEndian(from[(at + 20)..])));
        }

        return sums;
    }

    private static void WriteEntry(Span<byte> to, ProducerEntry entry, ProducerBatch batch, bool isLast)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, entry.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(to[8..], entry.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(to[10..], batch.LastSequence);
        BinaryPrimitives.WriteInt64BigEndian(to[14..], batch.LastOffset);
        BinaryPrimitives.WriteInt32BigEndian(to[22..], batch.OffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(to[26..], isLast ? entry.LastTimestampMs : batch.AppendedMs);
        BinaryPrimitives.WriteInt32BigEndian(to[34..], entry.CoordinatorEpoch);
        BinaryPrimitives.WriteInt64BigEndian(to[38..], entry.TransactionFirstOffset);
    }

    private static ProducerEntry ReadEntry(ReadOnlySpan<byte> from, ProducerEntry? previous, ProducerStates states)
    {
        var producerId = BinaryPrimitives.ReadInt64BigEndian(from);
        if (previous is not null && previous.ProducerId != producerId)
            states.Restore(previous);
        var entry = previous?.ProducerId == producerId ? previous : new ProducerEntry(producerId);
        entry.Epoch = BinaryPrimitives.ReadInt16BigEndian(from[8..]);
        entry.LastTimestampMs = BinaryPrimitives.ReadInt64BigEndian(from[26..]);
        entry.CoordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(from[34..]);
        entry.TransactionFirstOffset = BinaryPrimitives.ReadInt64BigEndian(from[38..]);
        var lastSequence = BinaryPrimitives.ReadInt32BigEndian(from[10..]);
        if (lastSequence != Sequences.None)
        {
            entry.Add(new ProducerBatch(
                lastSequence,
                BinaryPrimitives.ReadInt64BigEndian(from[14..]),
                BinaryPrimitives.ReadInt32BigEndian(from[22..]),
                entry.LastTimestampMs));
        }

        return entry;
    }
}
