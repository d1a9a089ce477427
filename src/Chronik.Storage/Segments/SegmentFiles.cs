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

    /// <summary>Written aside, then renamed: what has this suffix is half done.</summary>
    public const string Temporary = ".tmp";

    private const int OffsetDigits = 20;

    public static string Path(string directory, long baseOffset, string suffix) =>
        $"{directory}/{baseOffset.ToString("D20", CultureInfo.InvariantCulture)}{suffix}";

    public static bool TryParse(string name, string suffix, out long offset)
    {
        offset = 0;
        return name.Length == OffsetDigits + suffix.Length
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, OffsetDigits), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }
}
