namespace Chronik.Protocol.Tests;

public sealed class KafkaReaderTests
{
    [Theory]
    [InlineData("00", 0u)]
    [InlineData("7f", 127u)]
    [InlineData("8001", 128u)]
    [InlineData("ffffffff0f", uint.MaxValue)]
    public void Unsigned_varints_are_read(string hex, uint value) => Assert.Equal(value, Reader(hex).ReadUnsignedVarint());

    [Theory]
    [InlineData("00", 0)]
    [InlineData("01", -1)]
    [InlineData("02", 1)]
    [InlineData("feffffff0f", int.MaxValue)]
    [InlineData("ffffffff0f", int.MinValue)]
    public void Varints_are_read(string hex, int value) => Assert.Equal(value, Reader(hex).ReadVarint());

    [Theory]
    [InlineData("01", -1)]
    [InlineData("feffffffffffffffff01", long.MaxValue)]
    [InlineData("ffffffffffffffffff01", long.MinValue)]
    public void Varlongs_are_read(string hex, long value) => Assert.Equal(value, Reader(hex).ReadVarlong());

    [Fact]
    public void A_varint_above_5_bytes_is_refused() =>
        Assert.Throws<ProtocolException>(() => Reader("ffffffffff01").ReadUnsignedVarint());

    [Fact]
    public void A_varlong_above_10_bytes_is_refused() =>
        Assert.Throws<ProtocolException>(() => Reader("ffffffffffffffffffff01").ReadVarlong());

    [Theory]
    [InlineData("ffff")]
    [InlineData("fffe")]
    [InlineData("8000")]
    public void Any_negative_length_of_a_string_is_null(string hex)
    {
        Assert.Null(Reader(hex).ReadNullableString(compact: false));
        Assert.Throws<ProtocolException>(() => Reader(hex).ReadString(compact: false));
    }

    [Fact]
    public void Compact_length_0_is_null_and_refused_where_null_is_not_allowed()
    {
        Assert.Null(Reader("00").ReadNullableString(compact: true));
        Assert.Null(Reader("00").ReadNullableBytes(compact: true));
        Assert.True(Reader("00").ReadNullableRecords(compact: true).IsNull);
        Assert.Equal(-1, Reader("00").ReadNullableArrayLength(compact: true, 1, 8));
        Assert.Throws<ProtocolException>(() => Reader("00").ReadString(compact: true));
        Assert.Throws<ProtocolException>(() => Reader("00").ReadBytes(compact: true));
        Assert.Throws<ProtocolException>(() => Reader("00").ReadRecords(compact: true));
        Assert.Throws<ProtocolException>(() => Reader("00").ReadArrayLength(compact: true, 1, 8));
    }

    [Fact]
    public void A_string_above_32767_bytes_is_refused_even_if_it_is_there()
    {
        byte[] frame = [0x81, 0x80, 0x02, .. new byte[40_000]];
        Assert.Throws<ProtocolException>(() => new KafkaReader(frame).ReadString(compact: true));
    }

    [Fact]
    public void Invalid_UTF8_becomes_the_replacement_character_as_in_Kafka() =>
        Assert.Equal("\ufffd(", Reader("03ff28").ReadString(compact: true));

    [Fact]
    public void Bytes_and_records_are_slices_of_the_frame()
    {
        byte[] frame = [0, 0, 0, 2, 7, 8, 0, 0, 0, 1, 9];
        var reader = new KafkaReader(frame);
        var bytes = reader.ReadBytes(compact: false);
        var records = reader.ReadRecords(compact: false);
        frame[4] = 1;
        frame[10] = 2;
        Assert.Equal([1, 8], bytes.ToArray());
        Assert.Equal([2], records.Memory.ToArray());
    }

    [Theory]
    [InlineData("7fffffff", false)]
    [InlineData("00000003", false)]
    [InlineData("ffffffff07", true)]
    [InlineData("ffffffff0f", true)]
    [InlineData("04", true)]
    public void An_array_that_cannot_fit_is_refused(string hex, bool compact) =>
        Assert.Throws<ProtocolException>(() => Reader(hex + "01010101").ReadArrayLength(compact, elementBytesMin: 2, elementCost: 8));

    [Theory]
    [InlineData("020100010000", "a tag that repeats")]
    [InlineData("020500030000", "a tag that descends")]
    [InlineData("0100ff0f00", "a field longer than what is left")]
    [InlineData("e907", "1,001 fields")]
    [InlineData("01", "no tag")]
    public void Bad_tagged_fields_are_refused(string hex, string why)
    {
        Assert.NotEmpty(why);
        Assert.Throws<ProtocolException>(() => Reader(hex).ReadUnknownTaggedFields());
    }

    [Fact]
    public void An_unknown_tagged_field_has_at_most_128_KiB()
    {
        byte[] fits = [1, 0, 0x80, 0x80, 0x08, .. new byte[KafkaReader.UnknownTaggedFieldBytesMax]];
        byte[] doesNot = [1, 0, 0x81, 0x80, 0x08, .. new byte[KafkaReader.UnknownTaggedFieldBytesMax + 1]];
        Assert.Single(new KafkaReader(fits).ReadUnknownTaggedFields()!);
        Assert.Throws<ProtocolException>(() => new KafkaReader(doesNot).ReadUnknownTaggedFields());
    }

    [Fact]
    public void A_refusal_says_where_and_why()
    {
        var refusal = Assert.Throws<ProtocolException>(() => Reader("0005616263").ReadString(compact: false));
        Assert.Equal("At byte 2 of 5: 5 bytes are expected but 3 are left.", refusal.Message);
    }

    private static KafkaReader Reader(string hex) => new(Convert.FromHexString(hex));
}
