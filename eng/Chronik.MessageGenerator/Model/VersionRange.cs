using System;
using System.Globalization;

namespace Chronik.MessageGenerator.Model;

/// <summary>A run of versions, both ends included; empty where the low end is above the high end.</summary>
internal readonly record struct VersionRange(int Low, int High)
{
    /// <summary>The open end of <c>5+</c>.</summary>
    public const int Open = short.MaxValue;

    public static VersionRange All => new(0, Open);

    public static VersionRange None => new(Open, -1);

    public bool IsEmpty => Low > High;

    /// <summary>Reads <c>3</c>, <c>3+</c> or <c>3-7</c>.</summary>
    public static bool TryParse(string text, out VersionRange range)
    {
        range = None;
        int dash = text.IndexOf('-');
        string low = dash >= 0 ? text.Substring(0, dash) : text.TrimEnd('+');
        string high = dash >= 0 ? text.Substring(dash + 1) : low;
        if (!TryParseVersion(low, out int from) || !TryParseVersion(high, out int to))
            return false;
        range = new VersionRange(from, text.EndsWith("+", StringComparison.Ordinal) ? Open : to);
        return !range.IsEmpty;
    }

    public bool Covers(VersionRange other) => other.IsEmpty || (Low <= other.Low && High >= other.High);

    public VersionRange Intersect(VersionRange other) => new(Math.Max(Low, other.Low), Math.Min(High, other.High));

    /// <summary>The smallest run that holds both.</summary>
    public VersionRange Hull(VersionRange other)
    {
        if (IsEmpty)
            return other;
        return other.IsEmpty ? this : new VersionRange(Math.Min(Low, other.Low), Math.Max(High, other.High));
    }

    public override string ToString()
    {
        if (High == Open)
            return $"{Low}+";
        return Low == High ? $"{Low}" : $"{Low}-{High}";
    }

    private static bool TryParseVersion(string text, out int version) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version < Open;
}
