using System.Buffers.Binary;

namespace Chronik.Records.Tests;

/// <summary>Batches and records with any field wrong: what a hostile or broken client sends.</summary>
internal sealed record Forged
{
    public const long Now = 1_795_000_000_000;

    public byte[]? Payload { get; init; }

    public int Count { get; init; } = 1;

    public int? LastOffsetDelta { get; init; }

    public short Attributes { get; init; }

    public CompressionCodec Codec { get; init; }

    public long BaseOffset { get; init; }

    public int? Length { get; init; }

    public byte Magic { get; init; } = 2;

    public uint? Crc { get; init; }

    public long BaseTimestamp { get; init; } = Now;

    public long? MaxTimestamp { get; init; }

    public long ProducerId { get; init; } = -1;

    public short ProducerEpoch { get; init; } = -1;

    public int BaseSequence { get; init; } = -1;

    /// <summary>The payload as it is, though the attributes name a codec.</summary>
    public bool PayloadIsRaw { get; init; }

    public byte[] ToArray()
    {
        var plain = Payload ?? [.. Enumerable.Range(0, Math.Clamp(Count, 0, 1000)).SelectMany(i => Record(i))];
        using var compressed = Compressions.Compress(PayloadIsRaw ? CompressionCodec.None : Codec, plain);
        var batch = new byte[61 + compressed.Length];
        var span = batch.AsSpan();
        compressed.Span.CopyTo(span[61..]);
        BinaryPrimitives.WriteInt64BigEndian(span, BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(span[8..], Length ?? batch.Length - 12);
        BinaryPrimitives.WriteInt32BigEndian(span[12..], -1);
        span[16] = Magic;
        BinaryPrimitives.WriteInt16BigEndian(span[21..], (short)((ushort)Attributes | (uint)Codec));
        BinaryPrimitives.WriteInt32BigEndian(span[23..], LastOffsetDelta ?? Count - 1);
        BinaryPrimitives.WriteInt64BigEndian(span[27..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[35..], MaxTimestamp ?? BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[43..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(span[51..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(span[53..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(span[57..], Count);
        BinaryPrimitives.WriteUInt32BigEndian(span[17..], Crc ?? Crc32C.Compute(span[21..]));
        return batch;
    }

    /// <summary>A record whose parts may lie: its length, its header count.</summary>
    public static byte[] Record(int offsetDelta = 0, byte[]? key = null, bool keyIsNull = false, byte[]? value = null, long timestampDelta = 0, int? headerCount = null, byte[]? headers = null, int? length = null, byte[]? tail = null)
    {
        byte[] body = [0, .. Long(timestampDelta), .. Int(offsetDelta), .. keyIsNull ? Int(-1) : Bytes(key ?? "k"u8.ToArray()), .. Bytes(value ?? "v"u8.ToArray()), .. Int(headerCount ?? 0), .. headers ?? [], .. tail ?? []];
        return [.. Int(length ?? body.Length), .. body];
    }

    public static byte[] Bytes(byte[] bytes) => [.. Int(bytes.Length), .. bytes];

    public static byte[] Int(int value) => Long(value);

    public static byte[] Long(long value)
    {
        var bytes = new byte[10];
        return bytes[..Varint.WriteLong(bytes, value)];
    }

    public BatchVerdict Validate(BatchRules? rules = null, short version = 9) => BatchValidator.Validate(ToArray(), rules ?? new BatchRules(), version, Now);
}
