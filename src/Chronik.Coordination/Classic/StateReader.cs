using System.Buffers.Binary;
using System.Text;

namespace Chronik.Coordination.Classic;

/// <summary>Reads what <see cref="StateWriter"/> wrote; damage throws instead of making up a state.</summary>
internal ref struct StateReader(ReadOnlyMemory<byte> bytes)
{
    private int _position;

    public byte Byte() => Take(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    /// <summary>The number of elements that follow, each of at least one byte.</summary>
    public int Count()
    {
        var count = Int32();
        return count >= 0 && count <= bytes.Length - _position
            ? count
            : throw new InvalidDataException($"{count} elements do not fit into the stored state.");
    }

    public string? Text()
    {
        var length = Int32();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public string RequiredText() => Text() ?? throw new InvalidDataException("A name is missing in the stored state.");

    public ReadOnlyMemory<byte> Bytes() => Take(Int32()).ToArray();

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > bytes.Length - _position)
            throw new InvalidDataException($"{length} bytes are expected where the stored state ends.");
        _position += length;
        return bytes.Span.Slice(_position - length, length);
    }
}
