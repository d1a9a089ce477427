using System.Buffers.Binary;

namespace Chronik.Broker.Network;

/// <summary>Tells what a first frame size is in truth: the start of a request of another protocol.</summary>
internal static class ForeignProtocol
{
    /// <summary>What a person with a browser or curl gets.</summary>
    public static ReadOnlyMemory<byte> HttpAnswer { get; } = MakeHttpAnswer();

    /// <summary>True for the first four bytes of an HTTP request.</summary>
    public static bool IsHttp(int size)
    {
        Span<byte> text = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(text, size);
        return text.SequenceEqual("GET "u8) || text.SequenceEqual("POST"u8) || text.SequenceEqual("HEAD"u8)
            || text.SequenceEqual("PUT "u8) || text.SequenceEqual("OPTI"u8) || text.SequenceEqual("PRI "u8);
    }

    /// <summary>True for the first bytes of a TLS record that holds a handshake: 0x16, 0x03, minor version.</summary>
    public static bool IsTlsHandshake(int size) => (size >> 16) == 0x1603;

    private static byte[] MakeHttpAnswer()
    {
        const string Text = "This port speaks the Apache Kafka protocol, not HTTP: point a Kafka client at it.\n";
        return System.Text.Encoding.ASCII.GetBytes(
            $"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {Text.Length}\r\nConnection: close\r\n\r\n{Text}");
    }
}
