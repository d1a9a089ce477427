namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A topic goes, or comes anew: either way there are no committed offsets for it then.</summary>
internal sealed class Forgetting(long started)
{
    public long Started => started;

    public List<(Register<long> Register, Register<long>.Write Write)> Writes { get; } = [];
}
