using System.Globalization;

namespace Chronik.Client;

/// <summary>Where a broker listens.</summary>
/// <param name="Host">A name or an IP address.</param>
/// <param name="Port">A TCP port.</param>
public readonly record struct BrokerAddress(string Host, int Port)
{
    /// <summary>The port of an address that names none.</summary>
    public const int DefaultPort = 9092;

    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>[::1]:port</c>.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static BrokerAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        int colon = trimmed.LastIndexOf(':');
        bool isBareIpv6 = colon != trimmed.IndexOf(':', StringComparison.Ordinal) && !trimmed.StartsWith('[');
        if (colon < 0 || isBareIpv6 || trimmed.EndsWith(']'))
            return new BrokerAddress(CheckHost(trimmed.Trim('[', ']'), text), DefaultPort);
        if (!int.TryParse(trimmed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is 0 or > 65535)
            throw new FormatException($"'{text}' has no port between 1 and 65535 behind its colon.");
        return new BrokerAddress(CheckHost(trimmed[..colon].Trim('[', ']'), text), port);
    }

    /// <summary>Reads addresses with commas between them.</summary>
    /// <exception cref="FormatException">One of them is not an address, or there is none.</exception>
    public static IReadOnlyList<BrokerAddress> ParseList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var addresses = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse).ToList();
        return addresses.Count > 0 ? addresses : throw new FormatException("There is no address of a broker.");
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static string CheckHost(string host, string text) =>
        host.Length > 0 ? host : throw new FormatException($"'{text}' names no host.");
}
