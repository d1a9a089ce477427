using System.Globalization;
using System.Net;

namespace Chronik.Server.Options;

/// <summary>An address as people and Kafka's settings write it.</summary>
/// <param name="Name">The listener's name, as in NAME://host:port; null where none was written.</param>
/// <param name="Host">The host without brackets; empty where none was written.</param>
/// <param name="Port">The port, or null where none was written.</param>
internal readonly record struct Address(string? Name, string Host, int? Port)
{
    /// <summary>True for addresses that only this machine reaches.</summary>
    public bool IsLoopback =>
        Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>:port</c>, <c>[v6]:port</c>, each perhaps with <c>NAME://</c> before it.</summary>
    /// <returns>Null for a good address, else the end of a sentence that says what is wrong.</returns>
    public static string? TryParse(string text, out Address address)
    {
        address = default;
        string? name = null;
        var rest = text.Trim();
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            name = rest[..scheme].ToUpperInvariant();
            rest = rest[(scheme + 3)..];
        }

        var (host, port) = Split(rest);
        if (host is null || host.Any(c => char.IsWhiteSpace(c) || c is '/' or ','))
            return "which is not an address of the form host:port";
        if (port is null)
        {
            address = new Address(name, host, null);
            return null;
        }

        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > IPEndPoint.MaxPort)
            return $"whose port '{port}' is not a number from 0 to 65535";
        address = new Address(name, host, number);
        return null;
    }

    private static (string? Host, string? Port) Split(string text)
    {
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || !IPAddress.TryParse(text[1..close], out _))
                return (null, null);
            var behind = text[(close + 1)..];
            return behind.Length == 0 ? (text[1..close], null) : behind[0] == ':' ? (text[1..close], behind[1..]) : (null, null);
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0)
            return (text, null);

        // More than one colon and no brackets: an IPv6 address without a port.
        if (text.IndexOf(':', StringComparison.Ordinal) != colon)
            return IPAddress.TryParse(text, out _) ? (text, null) : (null, null);
        return (text[..colon], text[(colon + 1)..]);
    }
}
