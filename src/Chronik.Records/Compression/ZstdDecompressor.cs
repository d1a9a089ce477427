namespace Chronik.Records;

/// <summary>Zstandard by libzstd, frame after frame.</summary>
internal sealed unsafe class ZstdDecompressor(byte* source, int length) : Decompressor
{
    // A frame may ask for a window of 128 MiB (level 22 does): such a context is not kept.
    private const int KeptContextBytesMax = 4 << 20;

    private static readonly NativeContextPool s_contexts = new(NativeCodecs.Zstd, ZstdNative.CreateDecompression, static context => ZstdNative.FreeDecompression(context));

    private nint _context = s_contexts.Rent();
    private ZstdNative.Buffer _input = new() { Start = source, Size = (nuint)length };
    private bool _insideFrame;

    public override int Read(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* start = destination)
        fixed (ZstdNative.Buffer* input = &_input)
        {
            var output = new ZstdNative.Buffer { Start = start, Size = (nuint)destination.Length };
            while (output.At == 0 && (input->At < input->Size || _insideFrame))
            {
                var takenBefore = input->At;
                var hint = ZstdNative.Decompress(_context, &output, input);
                if (ZstdNative.IsError(hint) != 0 || (input->At == takenBefore && output.At == 0 && hint != 0))
                    throw new RecordFormatException("The Zstandard data are malformed.");
                _insideFrame = hint != 0;
            }

            return (int)output.At;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_context == 0)
            return;
        ZstdNative.ResetDecompression(_context, ZstdNative.ResetSessionAndParameters);
        s_contexts.Return(_context, ZstdNative.SizeOfDecompression(_context) <= KeptContextBytesMax);
        _context = 0;
    }
}
