using System.Buffers.Binary;
using Chronik.Storage.Compaction;

namespace Chronik.Storage.Tests.Compaction;

public sealed class OffsetMapTests
{
    // The reference implementation's own vectors (vectors_sip128): key 00..0f, input 00..n-1.
    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    [InlineData(2, "8177228da4a45dc7fca38bdef60affe4")]
    public void The_hash_is_SipHash_with_128_bits(int length, string expected)
    {
        var key = Enumerable.Range(0, 16).Select(static i => (byte)i).ToArray();
        var hash = new SipHash128(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key.AsSpan(8)))
            .Compute(key.AsSpan(0, length));
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)hash);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (ulong)(hash >> 64));
        Assert.Equal(expected, Convert.ToHexStringLower(bytes));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(1.0)]
    public void It_remembers_the_last_offset_of_each_key_until_it_is_full(double loadFactor)
    {
        var random = new Random(7);
        using var map = new OffsetMap(long.MaxValue / 4, 1000 * OffsetMap.EntryBytes, loadFactor, new SipHash128(1, 2));
        var model = new Dictionary<int, long>();
        for (var offset = 0L; ; offset++)
        {
            var key = random.Next(1500);
            var isNew = !model.ContainsKey(key);
            if (!map.TryPut(BitConverter.GetBytes(key), offset))
            {
                Assert.True(isNew);
                break;
            }

            model[key] = offset;
            Assert.Equal(offset, map.LatestOffset);
        }

        Assert.Equal(model.Count, map.Count);
        Assert.InRange(map.Count, (long)(1000 * loadFactor) - 1, 999);
        Assert.Equal(1, map.Utilization);
        for (var key = 0; key < 1500; key++)
            Assert.Equal(model.GetValueOrDefault(key, -1), map.Get(BitConverter.GetBytes(key)));
        Assert.True(map.TryPut(BitConverter.GetBytes(model.Keys.First()), 1L << 40));
        Assert.Equal(1L << 40, map.Get(BitConverter.GetBytes(model.Keys.First())));
    }

    [Fact]
    public void It_takes_no_more_room_than_there_can_be_keys()
    {
        using var map = new OffsetMap(10, long.MaxValue / 2, 0.9, new SipHash128(1, 2));
        for (var i = 0; i < 10; i++)
            Assert.True(map.TryPut(BitConverter.GetBytes(i), i));
        Assert.InRange(map.Utilization, 0.8, 1);
    }
}
