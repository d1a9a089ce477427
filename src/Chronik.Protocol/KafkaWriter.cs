using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Chronik.Protocol;

/// <summary>
/// Writes the wire's primitives into one pooled buffer that grows. Records that live outside of memory are not copied:
/// the writer remembers where they belong (<see cref="ExternalRegions"/>), and the connection sends parts and regions in order.
/// </summary>
public sealed partial class KafkaWriter : IDisposable
{
    private readonly List<ExternalRegion> _regions = [];
    private byte[] _buffer;
    private int _position;
    private int _externalBytes;

    /// <summary>With room for <paramref name="initialBytes"/> before the buffer grows.</summary>
    public KafkaWriter(int initialBytes = 512) => _buffer = ArrayPool<byte>.Shared.Rent(initialBytes);

    /// <summary>How many bytes the message has, external regions included.</summary>
    public int Length => checked(_position + _externalBytes);

    /// <summary>The bytes in the buffer, without the external regions. Valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _position);

    /// <summary>The bytes in the buffer, without the external regions. Valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _position);

    /// <summary>Regions that are to be sent between the buffer's bytes, ascending by position.</summary>
    public IReadOnlyList<ExternalRegion> ExternalRegions => _regions;

    /// <summary>Forgets what was written and keeps the buffer. Regions are not disposed: they are whoever's that sends them.</summary>
    public void Reset()
    {
        _position = 0;
        _externalBytes = 0;
        _regions.Clear();
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        Reset();
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Writes a bool.</summary>
    public void WriteBool(bool value) => Claim(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Writes an int8.</summary>
    public void WriteInt8(sbyte value) => Claim(1)[0] = (byte)value;

    /// <summary>Writes an int16.</summary>
    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Claim(sizeof(short)), value);

    /// <summary>Writes a uint16.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Claim(sizeof(ushort)), value);

    /// <summary>Writes an int32.</summary>
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Claim(sizeof(int)), value);

    /// <summary>Writes a uint32.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Claim(sizeof(uint)), value);

    /// <summary>Writes an int64.</summary>
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Claim(sizeof(long)), value);

    /// <summary>Writes a float64.</summary>
    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Claim(sizeof(double)), value);

    /// <summary>Writes an error code.</summary>
    public void WriteErrorCode(ErrorCode value) => WriteInt16((short)value);

    /// <summary>Writes a uuid.</summary>
    public void WriteUuid(Guid value) => value.TryWriteBytes(Claim(16), bigEndian: true, out _);

    /// <summary>Writes an unsigned varint.</summary>
    public void WriteUnsignedVarint(uint value)
    {
        var room = Reserve(5);
        _position += EncodeVarint(room, value);
    }

    /// <summary>Writes a zigzag varint.</summary>
    public void WriteVarint(int value) => WriteUnsignedVarint((uint)((value << 1) ^ (value >> 31)));

    /// <summary>Writes a zigzag varlong.</summary>
    public void WriteVarlong(long value)
    {
        ulong rest = (ulong)((value << 1) ^ (value >> 63));
        var room = Reserve(10);
        int length = 0;
        for (; rest >= 0x80; rest >>= 7)
            room[length++] = (byte)(rest | 0x80);
        room[length++] = (byte)rest;
        _position += length;
    }

    /// <summary>Writes a string, or null.</summary>
    /// <exception cref="ArgumentException">It is longer than 32,767 bytes.</exception>
    public void WriteString(string? value, bool compact)
    {
        if (value is null)
            WriteStringLength(-1, compact);
        else if (!compact || value.Length * 3 < 0x7f)
            WriteShortString(value, compact);
        else
            WriteLongString(value);
    }

    /// <summary>Writes bytes, with their length before them.</summary>
    public void WriteBytes(ReadOnlyMemory<byte> value, bool compact)
    {
        WriteLength(value.Length, compact);
        WriteRawBytes(value.Span);
    }

    /// <summary>Writes bytes, or null.</summary>
    public void WriteBytes(ReadOnlyMemory<byte>? value, bool compact)
    {
        if (value is { } bytes)
            WriteBytes(bytes, compact);
        else
            WriteLength(-1, compact);
    }

    /// <summary>Writes records, or null. An external region is remembered, not copied.</summary>
    public void WriteRecords(RecordData value, bool compact)
    {
        WriteLength(value.IsNull ? -1 : value.Length, compact);
        if (value.External is { } external)
        {
            _regions.Add(new ExternalRegion(_position, external));
            _externalBytes = checked(_externalBytes + external.Length);
        }
        else
        {
            WriteRawBytes(value.Memory.Span);
        }
    }

    /// <summary>Writes bytes as they are.</summary>
    public void WriteRawBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Claim(bytes.Length));

    /// <summary>Writes the length of an array, of bytes or of records; -1 for null.</summary>
    public void WriteLength(int length, bool compact)
    {
        if (compact)
            WriteUnsignedVarint((uint)(length + 1));
        else
            WriteInt32(length);
    }

    /// <summary>Writes whether a structure that may be null follows.</summary>
    public void WritePresence(bool present) => WriteInt8(present ? (sbyte)1 : (sbyte)-1);

    private void WriteStringLength(int length, bool compact)
    {
        if (compact)
            WriteUnsignedVarint((uint)(length + 1));
        else
            WriteInt16((short)length);
    }

    /// <summary>A string whose length has a known number of bytes: encoded once, its length filled in behind it.</summary>
    private void WriteShortString(string value, bool compact)
    {
        int lengthBytes = compact ? 1 : sizeof(short);
        var room = Reserve(lengthBytes + Encoding.UTF8.GetMaxByteCount(value.Length));
        int length = Encoding.UTF8.GetBytes(value, room[lengthBytes..]);
        RefuseTooLong(length);
        if (compact)
            room[0] = (byte)(length + 1);
        else
            BinaryPrimitives.WriteInt16BigEndian(room, (short)length);
        _position += lengthBytes + length;
    }

    private void WriteLongString(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        RefuseTooLong(length);
        WriteUnsignedVarint((uint)length + 1);
        Encoding.UTF8.GetBytes(value, Claim(length));
    }

    private static void RefuseTooLong(int length)
    {
        if (length > KafkaReader.StringBytesMax)
            throw new ArgumentException($"A string of {length} bytes is longer than the protocol's {KafkaReader.StringBytesMax}.");
    }

    private static int EncodeVarint(Span<byte> room, uint value)
    {
        int length = 0;
        for (; value >= 0x80; value >>= 7)
            room[length++] = (byte)(value | 0x80);
        room[length++] = (byte)value;
        return length;
    }

    private Span<byte> Claim(int count)
    {
        var room = Reserve(count)[..count];
        _position += count;
        return room;
    }

    private Span<byte> Reserve(int count)
    {
        if (count > _buffer.Length - _position)
            Grow(count);
        return _buffer.AsSpan(_position);
    }

    private void Grow(int count)
    {
        long needed = Math.Min(Math.Max((long)_position + count, 2L * _buffer.Length), Array.MaxLength);
        if (needed - _position < count)
            throw new InvalidOperationException("A message is longer than an array can be.");
        byte[] grown = ArrayPool<byte>.Shared.Rent((int)needed);
        _buffer.AsSpan(0, _position).CopyTo(grown);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = grown;
    }
}
