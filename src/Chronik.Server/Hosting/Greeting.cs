using System.Globalization;
using System.Net;
using Chronik.Broker;

namespace Chronik.Server.Hosting;

/// <summary>What a server says once it serves: where it listens, what it advertises, where its data is, what to try.</summary>
internal static class Greeting
{
    public static void Write(TextWriter output, IReadOnlyList<EndPoint> endPoints, BrokerOptions options)
    {
        var toTry = Try(endPoints, options);
        output.WriteLine(string.Join(Environment.NewLine,
            $"Chronik {ProductVersion.Text} serves Kafka clients.",
            $"  Listening    {string.Join(", ", endPoints)}",
            $"  Advertising  {Advertised(endPoints, options)}",
            $"  Data         {options.DataDirectory}",
            $"  Try          chronik-server topic list --server {toTry}",
            $"               kcat -b {toTry} -L",
            "Ctrl-C stops it."));
        output.Flush();
    }

    private static string Advertised(IReadOnlyList<EndPoint> endPoints, BrokerOptions options)
    {
        var advertised = options.Listeners
            .Where(listener => listener.Advertise is not null)
            .Select(listener => listener.Advertise!.Value)
            .Select(address => (address.Port == 0 ? address with { Port = Port(endPoints) } : address).ToString())
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return advertised.Count == 0 ? "the address that each client connected to" : string.Join(", ", advertised);
    }

    private static string Try(IReadOnlyList<EndPoint> endPoints, BrokerOptions options)
    {
        var host = options.Listeners[0].Host is "" or "*" or "0.0.0.0" or "::" ? "localhost" : options.Listeners[0].Host;
        var port = Port(endPoints).ToString(CultureInfo.InvariantCulture);
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
    }

    private static int Port(IReadOnlyList<EndPoint> endPoints) => endPoints.OfType<IPEndPoint>().Select(point => point.Port).FirstOrDefault();
}
