using System.Buffers;
using System.Buffers.Binary;

namespace Chronik.Records;

/// <summary>
/// Snappy in Xerial's framing (a header, then blocks with their lengths in front), as Java and Python write it, or as
/// one raw block, as librdkafka once did.
/// </summary>
internal sealed unsafe class SnappyDecompressor : Decompressor
{
    private const int FrameHeaderLength = 16;
    private readonly byte* _source;
    private readonly int _length;
    private readonly bool _framed;
    private byte[] _block = [];
    private int _blockAt;
    private int _blockLength;
    private int _at;

    public SnappyDecompressor(byte* source, int length)
    {
        _source = source;
        _length = length;
        _framed = IsFrameHeader(Source);
        _at = _framed ? FrameHeaderLength : 0;
    }

    public static ReadOnlySpan<byte> FrameMagic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    private ReadOnlySpan<byte> Source => new(_source, _length);

    public override int Read(Span<byte> destination)
    {
        while (_blockAt == _blockLength)
        {
            if (_at == _length)
                return 0;
            DecodeBlock(_framed ? NextFramedBlock() : TakeRest());
        }

        var count = Math.Min(destination.Length, _blockLength - _blockAt);
        _block.AsSpan(_blockAt, count).CopyTo(destination);
        _blockAt += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (_block.Length > 0)
            ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    private static bool IsFrameHeader(ReadOnlySpan<byte> bytes) => bytes.Length >= FrameHeaderLength && bytes.StartsWith(FrameMagic);

    private ReadOnlySpan<byte> NextFramedBlock()
    {
        // Streams written one behind the other each bring their header.
        while (IsFrameHeader(Source[_at..]))
            _at += FrameHeaderLength;
        var rest = Source[_at..];
        if (rest.IsEmpty)
            return rest;
        if (rest.Length < sizeof(int))
            throw Malformed();
        var length = BinaryPrimitives.ReadInt32BigEndian(rest);
        if (length < 0 || length > rest.Length - sizeof(int))
            throw Malformed();
        _at += sizeof(int) + length;
        return rest.Slice(sizeof(int), length);
    }

    private ReadOnlySpan<byte> TakeRest()
    {
        _at = _length;
        return Source;
    }

    private void DecodeBlock(ReadOnlySpan<byte> block)
    {
        _blockAt = 0;
        _blockLength = 0;
        if (block.IsEmpty)
            return;
        if (!SnappyBlock.TryReadLength(block, out var length, out var headerLength))
            throw Malformed();
        if (_block.Length < length)
        {
            if (_block.Length > 0)
                ArrayPool<byte>.Shared.Return(_block);
            _block = ArrayPool<byte>.Shared.Rent(length);
        }

        if (!SnappyBlock.TryDecode(block[headerLength..], _block.AsSpan(0, length)))
            throw Malformed();
        _blockLength = length;
    }

    private static RecordFormatException Malformed() => new("The Snappy data are malformed.");
}
