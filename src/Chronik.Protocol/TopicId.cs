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
}
