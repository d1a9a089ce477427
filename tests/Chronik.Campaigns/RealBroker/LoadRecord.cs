using System.Buffers.Binary;

namespace Chronik.Campaigns.RealBroker;

/// <summary>Records that tell where they belong and whose every byte follows from that.</summary>
internal static class LoadRecord
{
    private const int HeadBytes = 12;
    private const int Factor = 486_187_739;

    /// <summary>The record's value: mostly small, one in forty so large that segments fill soon.</summary>
    public static byte[] Value(int topic, int writer, int sequence)
    {
        var random = new Random((((topic * Factor) + writer) * Factor) + sequence);
        var value = new byte[HeadBytes + (random.Next(40) == 0 ? random.Next(8_000, 60_000) : random.Next(20, 500))];
        BinaryPrimitives.WriteInt32LittleEndian(value, topic);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(4), writer);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(8), sequence);
        random.NextBytes(value.AsSpan(HeadBytes));
        return value;
    }

    /// <summary>Whose record it is; null where it is none of this load's, or not as it was sent.</summary>
    public static (int Topic, int Writer, int Sequence)? Parse(ReadOnlySpan<byte> value)
    {
        if (value.Length < HeadBytes)
            return null;
        var topic = BinaryPrimitives.ReadInt32LittleEndian(value);
        var writer = BinaryPrimitives.ReadInt32LittleEndian(value[4..]);
        var sequence = BinaryPrimitives.ReadInt32LittleEndian(value[8..]);
        return value.SequenceEqual(Value(topic, writer, sequence)) ? (topic, writer, sequence) : null;
    }
}
