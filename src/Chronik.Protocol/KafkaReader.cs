using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Chronik.Protocol;

/// <summary>
/// Reads the wire's primitives from a frame. Bytes and records are slices of the frame, never copies, and whatever a
/// length declares, no more is allocated than the frame's own length allows (<see cref="AllocationBudget"/>).
/// </summary>
/// <remarks>
/// Lenient where Kafka is: any negative length is null, invalid UTF-8 becomes U+FFFD, any byte but 0 is true.
/// Strict where Kafka would fail later: tags of a structure must ascend, a tagged field must be as long as it says.
/// </remarks>
public ref partial struct KafkaReader
{
    /// <summary>The longest string the protocol has, in bytes.</summary>
    public const int StringBytesMax = short.MaxValue;

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private long _budget;
    private int _position;

    /// <summary>Reads a frame from someone who is not trusted: objects and strings may take <see cref="AllocationBudget"/>.</summary>
    public KafkaReader(ReadOnlyMemory<byte> frame)
        : this(frame, AllocationBudget(frame.Length))
    {
    }

    /// <summary>Reads a frame whose objects and strings may take <paramref name="allocationBudget"/> bytes.</summary>
    public KafkaReader(ReadOnlyMemory<byte> frame, long allocationBudget)
    {
        _memory = frame;
        _span = frame.Span;
        _budget = allocationBudget;
    }

    /// <summary>How many bytes were read.</summary>
    public readonly int Position => _position;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _span.Length - _position;

    /// <summary>
    /// How much memory a frame may take when it is decoded: eight times its own bytes, and 1 MiB, so that thousands of
    /// short names are no trouble while a hundred MiB of empty structures are.
    /// </summary>
    public static long AllocationBudget(int frameBytes) => (8L * frameBytes) + (1024 * 1024);

    /// <summary>Reads a bool: a byte that is not 0.</summary>
    public bool ReadBool() => Take(1)[0] != 0;

    /// <summary>Reads an int8.</summary>
    public sbyte ReadInt8() => (sbyte)Take(1)[0];

    /// <summary>Reads an int16.</summary>
    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

    /// <summary>Reads a uint16.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));

    /// <summary>Reads an int32.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    /// <summary>Reads a uint32.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    /// <summary>Reads an int64.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    /// <summary>Reads a float64.</summary>
    public double ReadFloat64() => BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double)));

    /// <summary>Reads an error code; numbers that have no name here are kept.</summary>
    public ErrorCode ReadErrorCode() => (ErrorCode)ReadInt16();

    /// <summary>Reads a uuid.</summary>
    public Guid ReadUuid() => new(Take(16), bigEndian: true);

    /// <summary>Reads an unsigned varint of at most five bytes.</summary>
    public uint ReadUnsignedVarint()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        return Fail<uint>("a varint is longer than 5 bytes");
    }

    /// <summary>Reads a zigzag varint of at most five bytes.</summary>
    public int ReadVarint()
    {
        uint value = ReadUnsignedVarint();
        return (int)(value >> 1) ^ -(int)(value & 1);
    }

    /// <summary>Reads a zigzag varlong of at most ten bytes.</summary>
    public long ReadVarlong()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }

        return Fail<long>("a varlong is longer than 10 bytes");
    }

    /// <summary>Reads a string that may not be null.</summary>
    public string ReadString(bool compact) => ReadNullableString(compact) ?? FailNull<string>("string");

    /// <summary>Reads a string that may be null.</summary>
    public string? ReadNullableString(bool compact)
    {
        int length = compact ? ReadCompactLength() : ReadInt16();
        if (length <= 0)
            return length < 0 ? null : "";
        if (length > StringBytesMax)
            return Fail<string>($"a string of {length} bytes is longer than {StringBytesMax}");
        var bytes = Take(length);
        const int stringHeader = 24;
        Charge(stringHeader + (2L * length));
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads bytes that may not be null, as a slice of the frame.</summary>
    public ReadOnlyMemory<byte> ReadBytes(bool compact) => ReadNullableBytes(compact) ?? FailNull<ReadOnlyMemory<byte>>("bytes");

    /// <summary>Reads bytes that may be null, as a slice of the frame.</summary>
    public ReadOnlyMemory<byte>? ReadNullableBytes(bool compact)
    {
        int length = compact ? ReadCompactLength() : ReadInt32();
        return length < 0 ? default(ReadOnlyMemory<byte>?) : ReadSlice(length);
    }

    /// <summary>Reads records that may not be null, as a slice of the frame.</summary>
    public RecordData ReadRecords(bool compact) => new(ReadBytes(compact));

    /// <summary>Reads records, or the wire's null, as a slice of the frame.</summary>
    public RecordData ReadNullableRecords(bool compact) =>
        ReadNullableBytes(compact) is { } slice ? new RecordData(slice) : RecordData.Null;

    /// <summary>Takes the next bytes as a slice of the frame.</summary>
    public ReadOnlyMemory<byte> ReadSlice(int length)
    {
        int start = _position;
        Take(length);
        return _memory.Slice(start, length);
    }

    /// <summary>Reads whether a structure that may be null is there.</summary>
    public bool ReadPresence() => ReadInt8() >= 0;

    private int ReadCompactLength()
    {
        uint lengthPlusOne = ReadUnsignedVarint();
        return lengthPlusOne <= int.MaxValue ? (int)lengthPlusOne - 1 : Fail<int>("a length is above 2^31");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)(_span.Length - _position))
            FailShort(count);
        var bytes = _span.Slice(_position, count);
        _position += count;
        return bytes;
    }

    private void Charge(long bytes)
    {
        _budget -= bytes;
        if (_budget < 0)
            Fail<int>("the message would take far more memory than it has bytes");
    }

    [DoesNotReturn]
    private readonly void FailShort(int count) => Fail<int>($"{count} bytes are expected but {Remaining} are left");

    [DoesNotReturn]
    private readonly T FailNull<T>(string what) => Fail<T>($"{what} is null where null is not allowed");

    [DoesNotReturn]
    private readonly T Fail<T>(string reason) => throw new ProtocolException($"At byte {_position} of {_span.Length}: {reason}.");
}
