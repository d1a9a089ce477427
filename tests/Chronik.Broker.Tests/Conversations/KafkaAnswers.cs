using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>Asks a real Kafka broker, with Kafka's own codec.</summary>
internal sealed class KafkaAnswers(Oracle oracle, int port) : IDisposable
{
    private TcpClient _client = new("127.0.0.1", port);

    internal async Task<JsonNode> AskAsync(short apiKey, short version, string request)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{apiKey} {version}");
        var hex = oracle.AskOk($"encodeframe request {id} {{\"header\":{{\"correlationId\":1,\"clientId\":\"test\"}},\"body\":{request}}}").GetProperty("hex").GetString()!;
        var frame = new byte[4 + (hex.Length / 2)];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        Convert.FromHexString(hex).CopyTo(frame, 4);
        var stream = _client.GetStream();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await stream.WriteAsync(frame, bound.Token);
        var size = new byte[4];
        try
        {
            if (await stream.ReadAtLeastAsync(size, size.Length, throwOnEndOfStream: false, bound.Token) == 0)
                return ConnectAgain("closed");
        }
        catch (OperationCanceledException)
        {
            return ConnectAgain("silent");
        }

        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(answer, bound.Token);
        return JsonNode.Parse(oracle.AskOk($"decodeframe response {id} {Convert.ToHexString(answer)}").GetProperty("json").GetRawText())!;
    }

    // There was no answer: it closed the connection, or said nothing at all.
    private JsonObject ConnectAgain(string instead)
    {
        _client.Dispose();
        _client = new TcpClient("127.0.0.1", port);
        return new JsonObject { [instead] = true };
    }

    public void Dispose() => _client.Dispose();
}
