using System.Globalization;

namespace Chronik.Storage.Verification;

/// <summary>
/// The offsets of a log that may be missing: below the point up to which it was compacted, and where a repair moved damaged
/// bytes to a file <c>FIRST-NEXT.lost</c>.
/// </summary>
internal sealed class KnownGaps(long compactedUpTo, IEnumerable<string> fileNames)
{
    public const string LostSuffix = ".lost";
    private const int OffsetDigits = 20;

    private readonly (long First, long Next)[] _lost =
        [.. fileNames.Select(static name => TryParse(name, out var range) ? range : default).Where(static range => range.Next > range.First).Order()];

    public static string LostName(long first, long next) =>
        string.Create(CultureInfo.InvariantCulture, $"{first:D20}-{next:D20}{LostSuffix}");

    public static bool IsLost(string name) => TryParse(name, out _);

    public bool Contains(long from, long to)
    {
        from = Math.Max(from, compactedUpTo);
        foreach (var (first, next) in _lost)
        {
            if (first <= from && from < to)
                from = Math.Max(from, next);
        }

        return from >= to;
    }

    /// <summary>Whether gaps are no sign of damage at an offset.</summary>
    public bool IsCompacted(long offset) => offset < compactedUpTo;

    private static bool TryParse(string name, out (long First, long Next) range)
    {
        range = default;
        return name.Length == (2 * OffsetDigits) + 1 + LostSuffix.Length
            && name.EndsWith(LostSuffix, StringComparison.Ordinal)
            && name[OffsetDigits] == '-'
            && long.TryParse(name.AsSpan(0, OffsetDigits), NumberStyles.None, CultureInfo.InvariantCulture, out range.First)
            && long.TryParse(name.AsSpan(OffsetDigits + 1, OffsetDigits), NumberStyles.None, CultureInfo.InvariantCulture, out range.Next);
    }
}
