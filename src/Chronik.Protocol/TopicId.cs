using System.Buffers;
using System.Buffers.Text;

namespace Chronik.Protocol;

/// <summary>A topic's identity, which a topic of the same name created later does not share (KIP-516).</summary>
/// <param name="Value">The 128 bits, in the byte order of the wire (big-endian).</param>
public readonly record struct TopicId(Guid Value)
{
    /// <summary>No topic: all bits zero.</summary>
    public static TopicId None { get; }

    /// <summary>Kafka's text form: base64url without padding.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads Kafka's text form; false where it is not 22 base64url characters.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TopicId id)
    {
        id = None;
        Span<byte> bytes = stackalloc byte[16];
        if (text.Length != 22 || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done || written != 16)
            return false;
        id = new TopicId(new Guid(bytes, bigEndian: true));
        return true;
    }

    /// <summary>Makes a new one: random, never zero or one (Kafka keeps those), never with a text that looks like an option.</summary>
    public static TopicId Create(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        while (true)
        {
            random.NextBytes(bytes);
            var id = new TopicId(new Guid(bytes, bigEndian: true));
            if (bytes[..15].ContainsAnyExcept((byte)0) && id.ToString()[0] != '-')
                return id;
        }
    }
}
