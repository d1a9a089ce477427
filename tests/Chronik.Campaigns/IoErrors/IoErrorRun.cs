using Chronik.Campaigns.PowerCuts;
using Chronik.Campaigns.RealBroker;
using Chronik.TestKit;

namespace Chronik.Campaigns.IoErrors;

/// <summary>One broker after another on the same folder and port, under one load, with one fault after another.</summary>
internal sealed class IoErrorRun(string folder, CutFileSystem? disk, Ledger ledger, IoErrorTally tally, TextWriter output, int seed) : IAsyncDisposable
{
    private static readonly TimeSpan s_startBound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_underFault = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan s_backBound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);
    private static readonly string[] s_crashes = ["Unhandled exception", "Fatal error", "Assertion failed", "Process terminated"];

    private static readonly string[] s_madeAtStart =
        ["recovery-point-offset-checkpoint.tmp", "log-start-offset-checkpoint.tmp", "chronik.db-wal", "chronik.db-shm", "chronik.db-journal"];

    private readonly LoadShape _shape = new();
    private readonly int _port = FreePorts.Take();
    private readonly string _trace = Path.Combine(folder, "trace");
    private readonly string _data = Path.Combine(disk?.Root ?? folder, "data");
    private BrokerProcess _broker = null!;
    private Load? _load;
    private int _images;

    /// <summary>Where images go on which something is wrong.</summary>
    public string? KeepIn { get; init; }

    private string Address => $"127.0.0.1:{_port}";

    public async Task StartAsync()
    {
        await StartPlainAsync();
        _load = new Load(Address, ledger, _shape, seed);
        await BackAsync(ledger.Now);
    }

    /// <summary>Meets a fault, and comes back from it.</summary>
    public async Task NextAsync(IoFault fault)
    {
        var before = tally.Wrong.Count;
        File.Delete(_trace);
        if (fault.WhileStarting)
            await StartIntoAsync(fault);
        else
            await ServeThroughAsync(fault);
        var over = ledger.Now;
        if (_broker.HasEnded)
            await StartPlainAsync();
        if (!await BackAsync(over))
            tally.Found(fault, $"{Missing(over)} {s_backBound.TotalSeconds} s after the fault:\n{_broker.Log}");
        else
            tally.Back(ledger.Between(over, ledger.Now));
        await CheckAsync("after it", fault, ledger.Now, s_backBound);
        ledger.ForgetDeleted(ledger.Now);
        foreach (var wrong in tally.Wrong.Skip(before))
            await output.WriteLineAsync(wrong);
        tally.Ended(await File.ReadAllLinesAsync(_trace));
    }

    public async ValueTask DisposeAsync()
    {
        if (_load is not null)
            await _load.DisposeAsync();
        await _broker.DisposeAsync();
    }

    private BrokerProcess Start(params string[] tracer) => BrokerProcess.Start(_data, _port, LoadShape.ServerOptions, tracer);

    private async Task StartPlainAsync()
    {
        _broker = Start();
        if (!await _broker.ServesAsync(s_startBound))
            throw new InvalidOperationException($"chronik-server does not start again after case {tally.Cases}:\n{_broker.Log}");
    }

    private async Task ServeThroughAsync(IoFault fault)
    {
        var tracer = await Strace.AttachAsync(_broker.Id, _trace, (fault.Calls, fault.Injection));
        var begin = ledger.Now;
        try
        {
            await SufferAsync(fault, begin);
        }
        finally
        {
            await Strace.EndAsync(tracer);
        }

        if (_broker.HasEnded)
            SaysWhy(fault, "it ended");
    }

    private async Task StartIntoAsync(IoFault fault)
    {
        await _broker.DisposeAsync();
        // Only what the broker has in its data folder: else the runtime's own files fail, and no program starts.
        _broker = Start(Strace.Around(_trace, fault.Calls, fault.Injection, FilesOf(_data)));
        if (await _broker.ServesAsync(s_startBound))
            await SufferAsync(fault, long.MaxValue);
        else if (SaysWhy(fault, "it did not start"))
            tally.Refused(_broker.Log);
        await _broker.DisposeAsync();
    }

    // What clients see while the fault lasts, and what the disk holds then.
    private async Task SufferAsync(IoFault fault, long begin)
    {
        await Task.Delay(s_underFault);
        var before = ledger.Now;
        if (!fault.DisturbsReading && !_broker.HasEnded)
            await CheckAsync("while it lasts", fault, Math.Min(begin, before), TimeSpan.Zero);
        if (disk is not null)
            await CutAsync(fault);
        if (fault.ForbidsAll && ledger.Topics.SelectMany(topic => topic.Writers).Any(writer => writer.GotThroughSince(begin)))
            tally.Found(fault, "records were acknowledged while nothing could become durable");
    }

    private async Task CutAsync(IoFault fault)
    {
        var cut = new PowerCut(++_images, disk!, ledger, KeepIn);
        cut.Take();
        tally.Checked("on the disk", fault, await cut.CheckAsync(s_startBound));
    }

    // While a deletion cannot go on there is nothing to hold a check against: the topic may go at any time.
    private async Task CheckAsync(string when, IoFault fault, long acknowledgedBefore, TimeSpan patience)
    {
        if (!await _load!.Deletions.WaitAsync(patience))
            return;
        try
        {
            var result = await LedgerCheck.RunAsync(Address, ledger, acknowledgedBefore, LedgerCheck.Whenever);
            tally.Checked(when, fault, result.Wrong.Count == 0 ? result : result with { Wrong = [.. result.Wrong, _broker.Log] });
        }
        finally
        {
            _load.Deletions.Release();
        }
    }

    private bool SaysWhy(IoFault fault, string what)
    {
        var log = _broker.Log;
        if (Array.Find(s_crashes, crash => log.Contains(crash, StringComparison.Ordinal)) is null && log.Trim().Length > 0 && _broker.ExitCode is 1)
            return true;
        tally.Found(fault, $"{what}, with code {_broker.ExitCode}, and this is all it said:\n{log}");
        return false;
    }

    // True when every writer of every topic's name got a record acknowledged that it sent since, in whichever life of the topic.
    private async Task<bool> BackAsync(long since)
    {
        while (ledger.Between(since, ledger.Now) < s_backBound)
        {
            if (IsBack(since))
                return true;
            if (_broker.HasEnded)
                return false;
            await Task.Delay(s_poll);
        }

        return false;
    }

    private bool IsBack(long since) =>
        WritersByName() is var writers
        && writers.Count == _shape.TopicLives.Count * _shape.Partitions * 2
        && writers.TrueForAll(lives => lives.Any(writer => writer.GotThroughSince(since)));

    private List<IGrouping<(string Name, int Number), WriterStory>> WritersByName() =>
        [.. ledger.Topics.SelectMany(static topic => topic.Writers).GroupBy(static writer => (writer.Topic.Name, writer.Number))];

    private string Missing(long since) => string.Join("; ", WritersByName()
        .Where(lives => !lives.Any(writer => writer.GotThroughSince(since)))
        .Select(static lives => lives.Last())
        .Select(static writer => $"no record of writer {writer.Number} (partition {writer.Partition}) of {writer.Topic.Name} got through (it: '{writer.Trouble}', its topic: '{writer.Topic.Trouble}')"));

    private static IEnumerable<string> FilesOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(static info => info.FullName)
            .Append(folder)
            .Concat(s_madeAtStart.Select(name => Path.Combine(folder, name)));
}
