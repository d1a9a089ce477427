using Chronik.Campaigns.RealBroker;
using Chronik.TestKit;

namespace Chronik.Campaigns.Kills;

/// <summary>One broker after another on the same folder and port, under one load.</summary>
internal sealed class KillRun(string folder, Ledger ledger, KillTally tally, Random random, bool withCalls) : IAsyncDisposable
{
    private const string AtRandom = "at a random time under load";
    private const int LoadMsMax = 400;

    private static readonly TimeSpan s_startBound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_callBound = TimeSpan.FromSeconds(3);

    private readonly int _port = FreePorts.Take();
    private readonly string _trace = Path.Combine(folder, "trace");
    private BrokerProcess? _broker;
    private Load? _load;
    private TimeSpan _starting = TimeSpan.FromMilliseconds(300);

    private string Address => $"127.0.0.1:{_port}";

    public async Task StartAsync()
    {
        await StartPlainAsync();
        _load = new Load(Address, ledger, new LoadShape(), random.Next());
    }

    /// <summary>Kills the running broker, perhaps some that only begin to start, starts one for good, and checks.</summary>
    public async Task NextAsync()
    {
        await Task.Delay(random.Next(LoadMsMax));
        await KillAsync(AtRandom);
        for (var more = random.Next(3); more > 0; more--)
        {
            if (withCalls && random.Next(4) > 0)
                await DieAtCallAsync();
            else
                await DieStartingAsync();
        }

        var begin = ledger.Now;
        await StartPlainAsync();
        var starting = ledger.Between(begin, ledger.Now);
        _starting = (_starting + starting) / 2;
        tally.Checked(await CheckAsync(), starting);
    }

    public async ValueTask DisposeAsync()
    {
        if (_load is not null)
            await _load.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
    }

    private BrokerProcess Start(params string[] tracer) =>
        BrokerProcess.Start(Path.Combine(folder, "data"), _port, LoadShape.ServerOptions, tracer);

    private async Task StartPlainAsync()
    {
        _broker = Start();
        if (!await _broker.ServesAsync(s_startBound))
            throw new InvalidOperationException($"chronik-server does not start again after kill {tally.Kills}:\n{_broker.Log}");
    }

    private async Task<CheckResult> CheckAsync()
    {
        await _load!.Deletions.WaitAsync();
        try
        {
            var now = ledger.Now;
            var result = await LedgerCheck.RunAsync(Address, ledger, now, LedgerCheck.Whenever);
            ledger.ForgetDeleted(now);
            return result.Wrong.Count == 0 ? result : result with { Wrong = [.. result.Wrong, _broker!.Log] };
        }
        finally
        {
            _load.Deletions.Release();
        }
    }

    private async Task KillAsync(string site)
    {
        await _broker!.KillAsync();
        tally.Killed(site);
        await _broker.DisposeAsync();
        _broker = null;
    }

    private async Task DieStartingAsync()
    {
        _broker = Start();
        await Task.Delay(_starting * random.NextDouble());
        await KillAsync("at a random time while it starts");
    }

    private async Task DieAtCallAsync()
    {
        var (calls, count) = KillPlan.Next(random);
        File.Delete(_trace);
        _broker = Start(Strace.Around(_trace, calls, $"signal=KILL:when={count}"));
        var serves = await _broker.ServesAsync(s_startBound);
        var ended = await _broker.EndsAsync(s_callBound);
        var last = ended ? (await File.ReadAllLinesAsync(_trace)).Select(FaultSite.Of).LastOrDefault(site => site is not null) : null;
        var site = last is null ? AtRandom : $"at a call of {last}{(serves ? "" : " while it starts")}";
        await KillAsync(site);
    }
}
