using System.Buffers;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Broker.Fetching;

/// <summary>Turns what was read into message sets, for clients of Kafka 0.8 to 0.10 (Fetch below v4).</summary>
internal static class OlderFormats
{
    /// <summary>The magic of current batches, which are sent as they are stored.</summary>
    public const byte CurrentMagic = 2;

    private const short FirstVersionWithMagic1 = 2;
    private const short FirstVersionWithMagic2 = 4;

    /// <summary>The newest format that a version of Fetch can carry.</summary>
    public static byte MagicOf(short fetchVersion) =>
        fetchVersion >= FirstVersionWithMagic2 ? CurrentMagic : fetchVersion >= FirstVersionWithMagic1 ? (byte)1 : (byte)0;

    /// <summary>Converts the records of a read; the read's own are given back.</summary>
    /// <returns>The same read with other records, or with the error why they cannot be converted.</returns>
    public static ReadResult Convert(in ReadResult read, byte magic, long fetchOffset)
    {
        int length = read.Records.Length;
        byte[] batches = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (read.Records.External is { } external)
            {
                external.CopyTo(0, batches.AsSpan(0, length));
                external.Dispose();
            }
            else
            {
                read.Records.Memory.CopyTo(batches);
            }

            RentedBytes converted = MessageSets.DownConvert(batches.AsSpan(0, length), magic, fetchOffset);
            return read with { Records = new RecordData(new RentedRecords(converted)) };
        }
        catch (RecordFormatException e)
        {
            return read with { Records = RecordData.Empty, Error = e.Error };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batches);
        }
    }

    private sealed class RentedRecords(RentedBytes bytes) : ExternalRecords
    {
        public override int Length => bytes.Length;

        public override void CopyTo(int position, Span<byte> destination) =>
            bytes.Span.Slice(position, Math.Min(destination.Length, bytes.Length - position)).CopyTo(destination);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                bytes.Dispose();
            }
        }
    }
}
