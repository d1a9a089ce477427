using System.Net;
using System.Net.Sockets;

namespace Chronik.TestKit;

/// <summary>Ports for programs that cannot take one themselves.</summary>
public static class FreePorts
{
    private static readonly Random Chance = new();

    /// <summary>A port of 127.0.0.1 that is free together with those behind it, below the range of outgoing connections.</summary>
    public static int Take(int consecutive = 1)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            int first;
            lock (Chance)
                first = Chance.Next(12_000, 32_000);
            if (Enumerable.Range(first, consecutive).All(IsFree))
                return first;
        }

        throw new InvalidOperationException("No free port found in 200 attempts.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
