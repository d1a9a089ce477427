using System.IO.Compression;

namespace Chronik.Records;

/// <summary>gzip by the BCL: several members in a row are one stream.</summary>
internal sealed unsafe class GzipDecompressor(byte* source, int length) : Decompressor
{
    private readonly GZipStream _stream = new(new UnmanagedMemoryStream(source, length), CompressionMode.Decompress);

    public override int Read(Span<byte> destination)
    {
        try
        {
            return _stream.Read(destination);
        }
        catch (InvalidDataException e)
        {
            throw new RecordFormatException("The gzip data are malformed.", e);
        }
    }

    protected override void Dispose(bool disposing) => _stream.Dispose();
}
