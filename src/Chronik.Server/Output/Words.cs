using System.Globalization;

namespace Chronik.Server.Output;

/// <summary>Small pieces of English.</summary>
internal static class Words
{
    /// <summary><c>1 partition</c>, <c>3 partitions</c>.</summary>
    public static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A duration as a person would say it: <c>12 s</c>, <c>3 min</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalMilliseconds: < 1000 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:F0} ms"),
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:F1} s"),
        { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes:F0} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours:F0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalDays:F0} days"),
    };

    /// <summary>A number for a table.</summary>
    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
