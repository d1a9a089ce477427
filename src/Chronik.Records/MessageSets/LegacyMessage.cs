using System.Buffers.Binary;
using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>
/// One message of format 0 or 1, where it lies: offset, size, CRC-32, magic, attributes, in format 1 a timestamp, key,
/// value. A compressed message set is one message whose value is that set.
/// </summary>
internal readonly ref struct LegacyMessage
{
    /// <summary>Offset and size, in front of every message.</summary>
    public const int LogOverhead = 12;

    private const int CrcAt = 12;
    private const int MagicAt = 16;
    private const int AttributesAt = 17;
    private const int TimestampAt = 18;

    private readonly ReadOnlySpan<byte> _bytes;

    private LegacyMessage(ReadOnlySpan<byte> bytes, int keyAt, int keyLength, int valueAt, int valueLength)
    {
        _bytes = bytes;
        Key = bytes.Slice(keyAt, Math.Max(0, keyLength));
        IsKeyNull = keyLength < 0;
        Value = bytes.Slice(valueAt, Math.Max(0, valueLength));
        IsValueNull = valueLength < 0;
    }

    public long Offset => BinaryPrimitives.ReadInt64BigEndian(_bytes);

    public int SizeInBytes => _bytes.Length;

    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(_bytes[CrcAt..]);

    public byte Magic => _bytes[MagicAt];

    public CompressionCodec Compression => (CompressionCodec)(_bytes[AttributesAt] & RecordBatchHeader.CompressionMask);

    public TimestampType TimestampType => Magic > 0 && (_bytes[AttributesAt] & RecordBatchHeader.LogAppendTimeFlag) != 0
        ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    public long Timestamp => Magic == 0 ? RecordBatchHeader.NoTimestamp : BinaryPrimitives.ReadInt64BigEndian(_bytes[TimestampAt..]);

    public ReadOnlySpan<byte> Key { get; }

    public bool IsKeyNull { get; }

    public ReadOnlySpan<byte> Value { get; }

    public bool IsValueNull { get; }

    /// <summary>The fewest bytes that can follow the size.</summary>
    public static int LengthMin(byte magic) => magic == 0 ? 14 : 22;

    /// <summary>Takes the message at the start of a set, and checks all of it.</summary>
    /// <exception cref="RecordFormatException">There is no whole, undamaged message.</exception>
    public static LegacyMessage Read(ReadOnlySpan<byte> set)
    {
        if (set.Length < LogOverhead)
            throw new RecordFormatException("The message set ends within a message.");
        var length = BinaryPrimitives.ReadInt32BigEndian(set[sizeof(long)..]);
        if (length < LengthMin(0))
            throw new RecordFormatException(ErrorCode.CorruptMessage, $"Record size {length} is less than the minimum record overhead ({LengthMin(0)})");
        if (length > set.Length - LogOverhead)
            throw new RecordFormatException("The message set ends within a message.");
        var bytes = set[..(LogOverhead + length)];
        if (bytes[MagicAt] > 1)
            throw new RecordFormatException("A message set holds a message of another format.");
        if (length < LengthMin(bytes[MagicAt]))
            throw new RecordFormatException(ErrorCode.CorruptMessage, "A message is smaller than its header.");

        var message = ReadFields(bytes);
        var crc = Crc32.Compute(bytes[MagicAt..]);
        return message.Crc == crc ? message
            : throw new RecordFormatException(ErrorCode.CorruptMessage, $"Record is corrupt (stored crc = {message.Crc}, computed crc = {crc})");
    }

    private static LegacyMessage ReadFields(ReadOnlySpan<byte> bytes)
    {
        var at = bytes[MagicAt] == 0 ? TimestampAt : TimestampAt + sizeof(long);
        var keyLength = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
        var keyAt = at + sizeof(int);
        if (keyLength < -1 || keyLength > bytes.Length - keyAt - sizeof(int))
            throw Corrupt();
        at = keyAt + Math.Max(0, keyLength);
        var valueLength = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
        var valueAt = at + sizeof(int);
        if (valueLength < -1 || Math.Max(0, valueLength) != bytes.Length - valueAt)
            throw Corrupt();
        return new LegacyMessage(bytes, keyAt, keyLength, valueAt, valueLength);
    }

    private static RecordFormatException Corrupt() => new(ErrorCode.CorruptMessage, "The lengths within a message do not add up.");
}
