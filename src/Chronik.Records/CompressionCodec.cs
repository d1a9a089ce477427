namespace Chronik.Records;

/// <summary>How the records of a batch are compressed: the low three bits of its attributes.</summary>
public enum CompressionCodec : byte
{
    /// <summary>Not compressed.</summary>
    None = 0,

    /// <summary>gzip (RFC 1952).</summary>
    Gzip = 1,

    /// <summary>Snappy, in Xerial's framing as Java writes it, or raw.</summary>
    Snappy = 2,

    /// <summary>LZ4 frames.</summary>
    Lz4 = 3,

    /// <summary>Zstandard (KIP-110): Produce 7 and Fetch 10 at least.</summary>
    Zstd = 4,
}
