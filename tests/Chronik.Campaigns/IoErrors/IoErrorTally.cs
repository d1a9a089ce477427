using Chronik.Campaigns.RealBroker;

namespace Chronik.Campaigns.IoErrors;

/// <summary>Sums over all faults.</summary>
internal sealed class IoErrorTally(Ledger ledger)
{
    private readonly SortedDictionary<string, int> _sites = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];
    private readonly List<double> _backMs = [];
    private readonly Dictionary<string, int> _refusals = [];
    private int _withEffect;
    private int _checks;
    private long _acknowledged;

    public int Cases { get; private set; }

    public IReadOnlyList<string> Wrong => _wrong;

    /// <summary>How many calls failed at each place.</summary>
    public IEnumerable<string> Sites => _sites.Select(site => $"  {site.Value,6} {site.Key}");

    /// <summary>Notes a case that ended, with the lines of its trace.</summary>
    public void Ended(IEnumerable<string> trace)
    {
        Cases++;
        var before = _sites.Values.Sum();
        foreach (var line in trace.Where(line => line.Contains("(INJECTED)", StringComparison.Ordinal)))
        {
            if (FaultSite.Of(line) is { } site)
                _sites[site] = _sites.GetValueOrDefault(site) + 1;
        }

        _withEffect += _sites.Values.Sum() > before ? 1 : 0;
    }

    /// <summary>Why brokers did not start, in their own words.</summary>
    public IEnumerable<string> Refusals => _refusals.Select(refusal => $"  {refusal.Value,6} {refusal.Key}");

    /// <summary>Notes that a broker did not start and said why.</summary>
    public void Refused(string log)
    {
        var words = log.Trim().Split('\n')[^1];
        _refusals[words] = _refusals.GetValueOrDefault(words) + 1;
    }

    public void Back(TimeSpan after) => _backMs.Add(after.TotalMilliseconds);

    public void Checked(string when, IoFault fault, CheckResult result)
    {
        _checks++;
        _acknowledged += result.Acknowledged;
        foreach (var wrong in result.Wrong)
            Found(fault, $"{when}: {wrong}");
    }

    public void Found(IoFault fault, string what) => _wrong.Add($"case {Cases + 1}, {fault}: {what}");

    public override string ToString() => FormattableString.Invariant(
        $"{Cases} cases, {_withEffect} of them hit {_sites.Values.Sum()} calls, {_wrong.Count} wrong; {_refusals.Values.Sum()} starts refused in words, {_checks} checks found {_acknowledged} acknowledged records, {ledger.Acknowledged} acknowledged in all; all partitions took records {(_backMs.Count == 0 ? 0 : _backMs.Average()):F0} ms after the fault (at most {_backMs.DefaultIfEmpty().Max():F0})");
}
