using Chronik.Campaigns.RealBroker;

namespace Chronik.Campaigns.PowerCuts;

/// <summary>Sums over all cuts.</summary>
internal sealed class PowerCutTally(Ledger ledger)
{
    private const int WrongMax = 100;

    private readonly Lock _lock = new();
    private readonly List<string> _wrong = [];
    private readonly List<double> _sinceAcknowledgedMs = [];
    private readonly List<PowerCut> _open = [];
    private int _images;
    private long _records;
    private long _acknowledged;
    private double _cuttingMs;
    private double _mountingMs;
    private double _startingMs;
    private double _startingMsMax;

    public int ImagesWithLosses { get; private set; }

    public IReadOnlyList<string> Wrong => _wrong;

    public string FirstWrong => _wrong.Count > 0 ? _wrong[0] : "none";

    /// <summary>Notes a cut that will be checked.</summary>
    public void Open(PowerCut cut)
    {
        lock (_lock)
            _open.Add(cut);
    }

    /// <summary>Adds a cut; returns how many there are now.</summary>
    public int Add(PowerCut cut, CheckResult result)
    {
        lock (_lock)
        {
            _images++;
            _open.Remove(cut);
            ledger.ForgetDeleted(_open.Count > 0 ? _open.Min(open => open.Began) : ledger.Now);
            _records += result.Records;
            _acknowledged += result.Acknowledged;
            _cuttingMs += cut.Cutting.TotalMilliseconds;
            _mountingMs += cut.Mounting.TotalMilliseconds;
            _startingMs += cut.Starting.TotalMilliseconds;
            _startingMsMax = Math.Max(_startingMsMax, cut.Starting.TotalMilliseconds);
            _sinceAcknowledgedMs.Add(cut.SinceAcknowledged.TotalMilliseconds);
            ImagesWithLosses += result.Wrong.Count > 0 ? 1 : 0;
            if (_wrong.Count < WrongMax)
                _wrong.AddRange(result.Wrong);
            return _images;
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            var median = _sinceAcknowledgedMs.Order().ElementAtOrDefault(_sinceAcknowledgedMs.Count / 2);
            return FormattableString.Invariant(
                $"{_images} images, {ImagesWithLosses} wrong; {_acknowledged} acknowledged records found in {_records} read, {ledger.Acknowledged} acknowledged in all; ")
                + FormattableString.Invariant(
                $"last acknowledgement {median:F1} ms before the cut (median), cut {_cuttingMs / _images:F1} ms, mount {_mountingMs / _images:F0} ms, start {_startingMs / _images:F0} ms (at most {_startingMsMax:F0})");
        }
    }
}
