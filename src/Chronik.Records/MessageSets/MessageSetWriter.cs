using System.Buffers.Binary;
using static Chronik.Records.RecordBatchHeader;

namespace Chronik.Records;

/// <summary>Writes messages of format 0 or 1 behind each other, and wraps them in a compressed message.</summary>
internal sealed class MessageSetWriter(PooledBuffer buffer, byte magic, TimestampType timestampType)
{
    public void Write(long offset, long timestamp, ReadOnlySpan<byte> key, bool isKeyNull, ReadOnlySpan<byte> value, bool isValueNull, CompressionCodec codec = CompressionCodec.None)
    {
        var length = checked(LegacyMessage.LengthMin(magic) + key.Length + value.Length);
        var message = buffer.Reserve(checked(LegacyMessage.LogOverhead + length))[..(LegacyMessage.LogOverhead + length)];
        BinaryPrimitives.WriteInt64BigEndian(message, offset);
        BinaryPrimitives.WriteInt32BigEndian(message[8..], length);
        message[16] = magic;
        message[17] = (byte)((int)codec | (magic > 0 && timestampType == TimestampType.LogAppendTime ? LogAppendTimeFlag : 0));
        var at = 18;
        if (magic > 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(message[at..], timestamp);
            at += sizeof(long);
        }

        at += WriteBytes(message[at..], key, isKeyNull);
        WriteBytes(message[at..], value, isValueNull);
        BinaryPrimitives.WriteUInt32BigEndian(message[12..], Crc32.Compute(message[16..]));
        buffer.Advance(message.Length);
    }

    /// <summary>Writes a set as one compressed message, with the last record's offset.</summary>
    public void WriteCompressed(CompressionCodec codec, ReadOnlySpan<byte> set, long lastOffset, long timestamp)
    {
        using var compressed = Compressions.Compress(codec, set);
        if (codec == CompressionCodec.Lz4 && magic == 0)
            Lz4Compressor.BreakChecksum(compressed.Span);
        Write(lastOffset, timestamp, default, isKeyNull: true, compressed.Span, isValueNull: false, codec);
    }

    private static int WriteBytes(Span<byte> destination, ReadOnlySpan<byte> bytes, bool isNull)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, isNull ? -1 : bytes.Length);
        bytes.CopyTo(destination[sizeof(int)..]);
        return sizeof(int) + bytes.Length;
    }
}
