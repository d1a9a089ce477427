using Chronik.Campaigns.RealBroker;

namespace Chronik.Campaigns.Kills;

/// <summary>Sums over all kills.</summary>
internal sealed class KillTally(Ledger ledger)
{
    private readonly SortedDictionary<string, int> _sites = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];
    private int _checks;
    private long _records;
    private long _acknowledged;
    private double _startingMs;
    private double _startingMsMax;

    public int Kills { get; private set; }

    public IReadOnlyList<string> Wrong => _wrong;

    public void Killed(string site)
    {
        Kills++;
        _sites[site] = _sites.GetValueOrDefault(site) + 1;
    }

    public void Checked(CheckResult result, TimeSpan starting)
    {
        _checks++;
        _records += result.Records;
        _acknowledged += result.Acknowledged;
        _startingMs += starting.TotalMilliseconds;
        _startingMsMax = Math.Max(_startingMsMax, starting.TotalMilliseconds);
        _wrong.AddRange(result.Wrong.Select(wrong => $"after kill {Kills}: {wrong}"));
    }

    /// <summary>How many kills there were at each place.</summary>
    public IEnumerable<string> Sites => _sites.Select(site => $"  {site.Value,5} {site.Key}");

    public override string ToString() => FormattableString.Invariant(
        $"{Kills} kills, {_checks} checks, {_wrong.Count} wrong; {_acknowledged} acknowledged records found in {_records} read, {ledger.Acknowledged} acknowledged in all; start {_startingMs / Math.Max(1, _checks):F0} ms (at most {_startingMsMax:F0})");
}
