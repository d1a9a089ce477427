namespace Chronik.Records;

/// <summary>One LZ4 frame by liblz4. Only frames that Kafka's Java clients can read: independent blocks, no dictionary.</summary>
internal sealed unsafe class Lz4Decompressor : Decompressor
{
    private const int KeptBlockBytesMax = 256 * 1024;

    private static readonly NativeContextPool s_contexts = new(NativeCodecs.Lz4, CreateContext, static context => Lz4Native.FreeDecompression(context));

    private readonly byte* _source;
    private readonly int _length;
    private readonly bool _keepContext;
    private nint _context;
    private int _at;
    private bool _ended;

    public Lz4Decompressor(byte* source, int length, bool checksumBroken)
    {
        var frame = new ReadOnlySpan<byte>(source, length);
        if (!Lz4FrameHeader.TryReadLength(frame, out var headerLength))
            throw Malformed();
        _source = source;
        _length = length;
        _keepContext = Lz4FrameHeader.BlockBytesMax(frame) <= KeptBlockBytesMax;
        _context = s_contexts.Rent();
        try
        {
            ReadHeader(frame[..headerLength], checksumBroken);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override int Read(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* start = destination)
        {
            while (!_ended)
            {
                var written = (nuint)destination.Length;
                var taken = (nuint)(_length - _at);
                var hint = Lz4Native.Decompress(_context, start, &written, _source + _at, &taken, null);
                if (Lz4Native.IsError(hint) != 0 || (hint != 0 && taken == 0 && written == 0))
                    throw Malformed();
                _at += (int)taken;
                _ended = hint == 0;
                if (_ended && _at != _length)
                    throw Malformed();
                if (written > 0)
                    return (int)written;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (_context == 0)
            return;
        Lz4Native.ResetDecompression(_context);
        s_contexts.Return(_context, _keepContext);
        _context = 0;
    }

    private static nint CreateContext()
    {
        nint context = 0;
        return Lz4Native.IsError(Lz4Native.CreateDecompression(&context, Lz4Native.Version)) == 0 ? context : 0;
    }

    private void ReadHeader(ReadOnlySpan<byte> header, bool checksumBroken)
    {
        Span<byte> mended = stackalloc byte[Lz4FrameHeader.LengthMax];
        mended = mended[..header.Length];
        header.CopyTo(mended);
        if (checksumBroken)
            mended[^1] = Lz4FrameHeader.Checksum(header);
        fixed (byte* start = mended)
        {
            nuint written = 0;
            var taken = (nuint)mended.Length;
            var hint = Lz4Native.Decompress(_context, null, &written, start, &taken, null);
            if (Lz4Native.IsError(hint) != 0 || taken != (nuint)mended.Length)
                throw Malformed();
        }

        _at = header.Length;
    }

    private static RecordFormatException Malformed() => new("The LZ4 data are malformed, or not as Kafka's clients can read them.");
}
