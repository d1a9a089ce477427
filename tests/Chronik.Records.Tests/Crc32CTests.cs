namespace Chronik.Records.Tests;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_standard_comes_out()
    {
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));
    }

    [Theory]
    [InlineData(0, 300)]
    [InlineData(700, 1700)]
    [InlineData(3000, 3200)]
    [InlineData(24_500, 24_800)]
    [InlineData(70_000, 70_030)]
    public void Every_length_at_every_alignment_is_as_bit_by_bit(int from, int to)
    {
        var bytes = new byte[to + 8];
        new Random(7).NextBytes(bytes);
        var step = Math.Max(1, (to - from) / 40);
        for (var length = from; length < to; length += step)
        {
            var data = bytes.AsSpan(length % 8, length);
            Assert.Equal(BitByBit(data, 0x82F63B78), Crc32C.Compute(data));
            Assert.Equal(BitByBit(data, 0xEDB88320), Crc32.Compute(data));
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> data, uint polynomial)
    {
        var crc = uint.MaxValue;
        foreach (var one in data)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
        }

        return ~crc;
    }
}
