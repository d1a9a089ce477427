using System.Globalization;

namespace Chronik.Server.Output;

/// <summary>Bytes as a person would say them.</summary>
internal static class Size
{
    private static readonly string[] s_units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    public static string Of(long bytes)
    {
        var unit = 0;
        var size = (double)bytes;
        for (; size >= 1024 && unit < s_units.Length - 1; unit++)
            size /= 1024;
        return unit == 0 ? $"{bytes} bytes" : string.Create(CultureInfo.InvariantCulture, $"{size:F1} {s_units[unit]}");
    }
}
