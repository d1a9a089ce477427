namespace Chronik.Protocol.Tests;

public sealed class KafkaWriterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(10_000)]
    [InlineData(16_383)]
    public void Strings_of_all_lengths_come_back(int length)
    {
        foreach (string value in new[] { new string('x', length), new string('é', length) })
        {
            foreach (bool compact in new[] { false, true })
            {
                using var writer = new KafkaWriter(1);
                writer.WriteString(value, compact);
                var reader = new KafkaReader(writer.WrittenMemory);
                Assert.Equal(value, reader.ReadString(compact));
                Assert.Equal(0, reader.Remaining);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_string_above_32767_bytes_is_refused(bool compact)
    {
        using var writer = new KafkaWriter();
        Assert.Throws<ArgumentException>(() => writer.WriteString(new string('x', 32_768), compact));
        Assert.Throws<ArgumentException>(() => writer.WriteString(new string('é', 16_384), compact));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(3_000_000)]
    public void Tagged_fields_of_all_lengths_have_their_size_in_front(int length)
    {
        using var writer = new KafkaWriter(16);
        writer.WriteInt8(1);
        int start = writer.BeginTaggedField(300);
        writer.WriteRawBytes(Enumerable.Range(0, length).Select(i => (byte)i).ToArray());
        writer.EndTaggedField(start);
        writer.WriteInt8(2);

        var reader = new KafkaReader(writer.WrittenMemory);
        Assert.Equal(1, reader.ReadInt8());
        Assert.Equal(300, reader.ReadTag(-1, out int end));
        Assert.Equal(length, end - reader.Position);
        Assert.Equal(Enumerable.Range(0, length).Select(i => (byte)i), reader.ReadSlice(length).ToArray());
        reader.EndTaggedField(300, end);
        Assert.Equal(2, reader.ReadInt8());
    }

    [Fact]
    public void External_records_are_remembered_and_counted_but_not_copied()
    {
        using var first = new Region([1, 2, 3]);
        using var second = new Region([]);
        using var writer = new KafkaWriter();
        writer.BeginFrame();
        writer.WriteRecords(new RecordData(first), compact: false);
        writer.WriteInt16(7);
        writer.WriteRecords(new RecordData(second), compact: true);
        writer.EndFrame();

        Assert.Equal([0, 0, 0, 10, 0, 0, 0, 3, 0, 7, 1], writer.WrittenSpan.ToArray());
        Assert.Equal(14, writer.Length);
        Assert.Equal([new ExternalRegion(8, first), new ExternalRegion(11, second)], writer.ExternalRegions);
    }

    [Fact]
    public void A_reset_writer_starts_anew()
    {
        using var region = new Region([1]);
        using var writer = new KafkaWriter();
        writer.WriteRecords(new RecordData(region), compact: false);
        writer.Reset();
        Assert.Equal(0, writer.Length);
        Assert.Empty(writer.ExternalRegions);
    }

    [Fact]
    public void Frames_follow_each_other_in_one_writer_each_with_its_own_size()
    {
        using var region = new Region([1, 2]);
        using var writer = new KafkaWriter();
        writer.BeginFrame();
        writer.WriteRecords(new RecordData(region), compact: true);
        writer.EndFrame();
        writer.BeginFrame();
        writer.WriteInt8(5);
        writer.EndFrame();
        Assert.Equal([0, 0, 0, 3, 3, 0, 0, 0, 1, 5], writer.WrittenSpan.ToArray());
    }

    private sealed class Region(byte[] bytes) : ExternalRecords
    {
        public override int Length => bytes.Length;

        public override void CopyTo(int position, Span<byte> destination) =>
            bytes.AsSpan(position, destination.Length).CopyTo(destination);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
