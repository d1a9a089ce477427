using System.Buffers.Binary;
using System.Text;
using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>Reads what clients put into subscriptions and user data; every length is checked against the bytes left.</summary>
internal ref struct ConsumerProtocolReader(ReadOnlyMemory<byte> bytes)
{
    private int _position;

    private readonly int Left => bytes.Length - _position;

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public bool TryReadInt32(out int value)
    {
        var isThere = Left >= sizeof(int);
        value = isThere ? ReadInt32() : 0;
        return isThere;
    }

    /// <summary>Reads the length of an array that may not be null.</summary>
    public int ReadCount(int minimumElementSize)
    {
        var count = ReadInt32();
        return count >= 0 && count <= Left / minimumElementSize
            ? count
            : throw new FormatException($"an array of {count} elements does not fit into the {Left} bytes left");
    }

    public string ReadString() => ReadNullableString() ?? throw new FormatException("a string is null");

    public string? ReadNullableString()
    {
        var length = ReadInt16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public ReadOnlyMemory<byte>? ReadNullableBytes()
    {
        var length = ReadInt32();
        if (length < 0)
            return null;
        Take(length);
        return bytes.Slice(_position - length, length);
    }

    /// <summary>Reads an array of topics with their partitions.</summary>
    public List<TopicPartition> ReadPartitions()
    {
        var partitions = new List<TopicPartition>();
        var topics = ReadCount(minimumElementSize: sizeof(short) + sizeof(int));
        for (var i = 0; i < topics; i++)
        {
            var topic = ReadString();
            var count = ReadCount(minimumElementSize: sizeof(int));
            for (var p = 0; p < count; p++)
                partitions.Add(new TopicPartition(topic, ReadInt32()));
        }

        return partitions;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > Left)
            throw new FormatException($"{length} bytes are expected where {Left} are left");
        _position += length;
        return bytes.Span.Slice(_position - length, length);
    }
}
