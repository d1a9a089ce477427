using System.Globalization;
using Chronik.Protocol.Messages;
using Chronik.TestKit;

namespace Chronik.Protocol.Tests;

/// <summary>No input takes more memory than its own length allows, and none but a whole message is read.</summary>
public sealed class HostileInputTests(Oracle oracle)
{
    private const int SmallInputRoom = 64 * 1024;

    public static TheoryData<ApiKey> Apis => OracleSamplesTests.Apis;

    [Theory]
    [MemberData(nameof(Apis))]
    public void A_message_cut_at_any_byte_is_refused(ApiKey key)
    {
        foreach (var (codec, version, bytes) in FilledSamples(key))
        {
            for (int length = 0; length < bytes.Length; length++)
            {
                var cut = bytes.AsMemory(0, length);
                Assert.Throws<ProtocolException>(() => codec.Read(cut, version));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void A_message_with_any_byte_changed_is_read_or_refused_within_the_bound(ApiKey key)
    {
        foreach (var (codec, version, bytes) in FilledSamples(key))
        {
            for (int at = 0; at < bytes.Length; at++)
            {
                byte old = bytes[at];
                bytes[at] = at % 2 == 0 ? (byte)0xff : (byte)0x7f;
                AssertAllocationIsBounded(() => ReadOrRefuse(codec, bytes, version), bytes.Length, SmallInputRoom);
                bytes[at] = old;
            }
        }
    }

    [Theory]
    [InlineData(0, "7fffffff")]
    [InlineData(1, "7fffffff")]
    [InlineData(1, "00000002")]
    [InlineData(9, "ffffffff07")]
    [InlineData(9, "8080808008")]
    [InlineData(9, "05")]
    public void A_declared_length_allocates_nothing(short version, string declared)
    {
        byte[] bytes = Convert.FromHexString(declared + "0000");
        AssertAllocationIsBounded(
            () => Assert.Throws<ProtocolException>(() =>
            {
                var reader = new KafkaReader(bytes);
                MetadataRequest.Read(ref reader, version);
            }),
            bytes.Length,
            SmallInputRoom);
    }

    [Fact]
    public void A_million_empty_structures_are_refused_before_they_take_gigabytes()
    {
        const int count = 1_000_000;
        using var writer = new KafkaWriter();
        writer.WriteLength(count, compact: true);
        for (int i = 0; i < count; i++)
        {
            writer.WriteUnsignedVarint(1);
            writer.WriteUnsignedVarint(0);
        }

        writer.WriteRawBytes(new byte[4]);
        byte[] bytes = writer.WrittenSpan.ToArray();
        AssertAllocationIsBounded(() => ReadOrRefuse(MessageCodec.Request(ApiKey.Metadata), bytes, 9), bytes.Length, room: 1024 * 1024);
    }

    [Fact]
    public void Many_short_names_are_no_trouble()
    {
        var metadata = new MetadataRequest { Topics = [.. Enumerable.Range(0, 10_000).Select(i => new MetadataRequest.MetadataRequestTopic { Name = $"t{i}" })] };
        using var writer = new KafkaWriter();
        metadata.Write(writer, 9);
        var reader = new KafkaReader(writer.WrittenMemory);
        Assert.Equal(10_000, MetadataRequest.Read(ref reader, 9).Topics!.Count);
    }

    private static void ReadOrRefuse(MessageCodec codec, byte[] bytes, short version)
    {
        try
        {
            codec.ReadPart(bytes, version);
        }
        catch (ProtocolException)
        {
            // A refusal is as good an answer as a message: what counts is what it took.
        }
    }

    private static void AssertAllocationIsBounded(Action read, int inputBytes, int room)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        read();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, (8L * inputBytes) + room);
    }

    private IEnumerable<(MessageCodec Codec, short Version, byte[] Bytes)> FilledSamples(ApiKey key)
    {
        const int everythingFilled = 1;
        var api = ApiKeys.Get(key);
        foreach (string side in new[] { "request", "response" })
        {
            for (short version = api.LowestVersion; version <= api.HighestVersion; version++)
            {
                var sample = oracle.AskOk(string.Create(CultureInfo.InvariantCulture, $"sample {side} {(short)key} {version} {everythingFilled}"));
                yield return (MessageCodec.Of(key, side), version, Convert.FromHexString(sample.GetProperty("hex").GetString()!));
            }
        }
    }
}
