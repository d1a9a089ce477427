namespace Chronik.Campaigns.BrokerSimulation;

/// <content>Connections of clients: each has one at a time, until it breaks.</content>
internal sealed partial class BrokerSimulationRun
{
    private readonly SortedDictionary<string, WireConnection> _connections = new(StringComparer.Ordinal);

    /// <summary>The client's connection, a new one where it has none; null where nobody listens.</summary>
    private WireConnection? ConnectionOf(BrokerProcess process, string client)
    {
        if (_connections.TryGetValue(client, out var open) && !open.IsOver)
            return open;
        try
        {
            open = _connections[client] = process.Connect(client, Random);
        }
        catch (IOException)
        {
            if (!process.MayFail)
                throw;
            return null;
        }

        if (!_isChecking && !IsFinishing && Random.Next(40) == 0)
            open.CutsNext = true;
        return open;
    }

    private void CutConnection()
    {
        var open = _connections.Values.Where(static connection => !connection.IsOver).ToArray();
        if (open.Length == 0)
            return;
        Trace.Add("step", "cut");
        Figures.Cuts++;
        var connection = Pick(open);
        if (Random.Next(2) == 0)
            connection.Cut();
        else
            connection.CutsNext = true;
    }
}
