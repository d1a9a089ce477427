using Chronik.Protocol.Messages;
using Chronik.TestKit;

namespace Chronik.Protocol.Tests;

public sealed class FrameHeadersTests(Oracle oracle)
{
    [Theory]
    [InlineData(ApiKey.Metadata, 8, "me")]
    [InlineData(ApiKey.Metadata, 9, "me")]
    [InlineData(ApiKey.Metadata, 9, null)]
    [InlineData(ApiKey.ApiVersions, 3, "")]
    [InlineData(ApiKey.SaslHandshake, 1, "me")]
    public void Request_headers_are_those_of_Kafka(ApiKey key, short version, string? clientId)
    {
        using var writer = new KafkaWriter();
        FrameHeaders.WriteRequestHeader(writer, ApiKeys.Get(key), version, 77, clientId);
        string ours = Convert.ToHexStringLower(writer.WrittenSpan);
        string quoted = clientId is null ? "null" : $"\"{clientId}\"";
        var theirs = oracle.AskOk($$"""encodeframe request {{(short)key}} {{version}} {"header":{"correlationId":77,"clientId":{{quoted}}},"body":{{Body(key)}}}""");
        Assert.StartsWith(ours, theirs.GetProperty("hex").GetString(), StringComparison.Ordinal);

        var reader = new KafkaReader(writer.WrittenMemory);
        var header = FrameHeaders.ReadRequestHeader(ref reader);
        Assert.Equal(((short)key, version, 77, clientId), (header.RequestApiKey, header.RequestApiVersion, header.CorrelationId, header.ClientId));
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData(ApiKey.Metadata, 8, "0000004d")]
    [InlineData(ApiKey.Metadata, 9, "0000004d00")]
    [InlineData(ApiKey.ApiVersions, 4, "0000004d")]
    public void The_header_of_an_ApiVersions_response_is_never_flexible(ApiKey key, short version, string expected)
    {
        using var writer = new KafkaWriter();
        FrameHeaders.WriteResponseHeader(writer, ApiKeys.Get(key), version, 77);
        Assert.Equal(expected, Convert.ToHexStringLower(writer.WrittenSpan));
        var reader = new KafkaReader(writer.WrittenMemory);
        Assert.Equal(77, FrameHeaders.ReadResponseHeader(ref reader, ApiKeys.Get(key), version));
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void A_version_from_the_future_still_has_a_header()
    {
        var reader = new KafkaReader(Convert.FromHexString("001200630000004d00026d6500"));
        var header = FrameHeaders.ReadRequestHeader(ref reader);
        Assert.Equal((99, 77, "me"), (header.RequestApiVersion, header.CorrelationId, header.ClientId));
    }

    [Theory]
    [InlineData("ffff000000000001ffff", "key -1")]
    [InlineData("7fff000000000001ffff", "key 32767")]
    [InlineData("0034000000000001ffff", "a controller's key")]
    [InlineData("00030000000000017fff", "client id longer than the frame")]
    [InlineData("0003000900000001ffff", "no tags in a flexible header")]
    [InlineData("000300", "cut")]
    public void What_is_no_header_is_refused(string hex, string why)
    {
        Assert.NotEmpty(why);
        Assert.Throws<ProtocolException>(() =>
        {
            var reader = new KafkaReader(Convert.FromHexString(hex));
            FrameHeaders.ReadRequestHeader(ref reader);
        });
    }

    [Fact]
    public void A_client_id_of_length_minus_2_is_null_as_in_Kafka()
    {
        var reader = new KafkaReader(Convert.FromHexString("0003000000000001fffe"));
        Assert.Null(FrameHeaders.ReadRequestHeader(ref reader).ClientId);
    }

    private static string Body(ApiKey key) => key switch
    {
        ApiKey.Metadata => """{"topics":[],"allowAutoTopicCreation":true,"includeClusterAuthorizedOperations":false,"includeTopicAuthorizedOperations":false}""",
        ApiKey.SaslHandshake => """{"mechanism":"PLAIN"}""",
        _ => """{"clientSoftwareName":"a","clientSoftwareVersion":"b"}""",
    };
}
