using System.Globalization;

namespace Chronik.Storage.Segments;

/// <summary>The names of a partition's files: Kafka's, an offset of 20 digits and a suffix.</summary>
internal static class SegmentFiles
{
    public const string Log = ".log";
    public const string OffsetIndex = ".index";
    public const string TimeIndex = ".timeindex";
    public const string TransactionIndex = ".txnindex";
    public const string ProducerSnapshot = ".snapshot";

    /// <summary>Chronik's suffix of what is known of the batches of a compacted segment: see <see cref="Segments.BatchOffsets"/>.</summary>
    public const string BatchOffsets = ".batchoffsets";

    /// <summary>Written aside, then renamed: what has this suffix is half done.</summary>
    public const string Temporary = ".tmp";

    /// <summary>Kafka's suffix of what left the log and waits to be deleted.</summary>
    public const string Deleted = ".deleted";

    /// <summary>Kafka's suffix of a compacted segment that is not whole yet.</summary>
    public const string Cleaned = ".cleaned";

    /// <summary>Kafka's suffix of a compacted segment that is whole and takes the place of others.</summary>
    public const string Swap = ".swap";

    /// <summary>Chronik's suffix of a log file that gets what another one holds but could not make durable.</summary>
    public const string Moved = ".moved";

    /// <summary>The suffixes of a segment's files.</summary>
    public static readonly string[] All = [OffsetIndex, TimeIndex, TransactionIndex, BatchOffsets, Log];

    private const int OffsetDigits = 20;

    public static string Path(string directory, long baseOffset, string suffix) =>
        $"{directory}/{Name(baseOffset, suffix)}";

    public static string Name(long baseOffset, string suffix) => baseOffset.ToString("D20", CultureInfo.InvariantCulture) + suffix;

    public static bool TryParse(string name, string suffix, out long offset)
    {
        offset = 0;
        return name.Length == OffsetDigits + suffix.Length
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, OffsetDigits), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }
}
