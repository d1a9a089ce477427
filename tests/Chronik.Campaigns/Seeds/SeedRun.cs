using System.Globalization;
using Chronik.Campaigns.Simulation;
using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.Seeds;

/// <summary>
/// One seed: the random life of a process on a simulated disk, with clean stops, kills and power cuts, in one thread. The same seed
/// does the same, to each file operation; a simulation says what a step is, and what must be there.
/// </summary>
internal abstract class SeedRun<TFigures>
    where TFigures : SeedFigures<TFigures>, new()
{
    private const int StartsMax = 30;
    private const int StepsMin = 60;
    private readonly bool _tears;

    /// <param name="seed">What all of it comes from.</param>
    /// <param name="lie">In what the disk lies.</param>
    /// <param name="keepTrace">The trace is kept as text, too.</param>
    protected SeedRun(int seed, DiskLie lie, bool keepTrace)
    {
        Random = new Random(seed);
        Trace = new DiskTrace(keepTrace);
        Disk = new SimulatedDisk(Trace, new Random(seed ^ 0x5eed)) { Faults = { Lie = lie } };
        _tears = seed % 4 == 0;
    }

    public DiskTrace Trace { get; }

    public TFigures Figures { get; } = new();

    protected Random Random { get; }

    protected SimulatedDisk Disk { get; }

    /// <summary>When the next process begins.</summary>
    protected DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The random part is over: the disk stays well.</summary>
    protected bool IsFinishing { get; private set; }

    /// <summary>The process of now.</summary>
    protected abstract ISimulatedProcess Life { get; }

    /// <summary>A life has fewer steps.</summary>
    protected abstract int StepsEnd { get; }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="SimulationFailure">Something was lost or wrong.</exception>
    public void Run()
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Start();
            for (var steps = Random.Next(StepsMin, StepsEnd); steps > 0; steps--)
            {
                Figures.Steps++;
                Step(Random.Next(1000));
                if (!Life.IsAlive)
                    Restart();
                Check();
            }

            BeginToFinish();
            Finish();
        }
        catch (EndOfRun)
        {
            Figures.EndedEarly++;
        }
        catch (Exception error) when (error is not SimulationFailure)
        {
            throw new SimulationFailure($"{error.GetType().Name}: {error.Message}", error);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
            Figures.Operations = Disk.Operations;
            Figures.Faults = Disk.Failed;
        }
    }

    /// <summary>Does one thing of many.</summary>
    /// <param name="dice">0 to 999.</param>
    protected abstract void Step(int dice);

    /// <summary>What must hold at any time.</summary>
    protected abstract void Check();

    /// <summary>Shows that all works again, on a disk that is well.</summary>
    protected abstract void Finish();

    /// <summary>What fails during a start, which is the next after so many that failed.</summary>
    protected abstract void PrepareStart(int attempt);

    /// <summary>Starts a process, and looks at all that it has; false where it did not start and did not have to.</summary>
    protected abstract bool TryStart();

    /// <summary>The process is gone, and what it had not done it never will.</summary>
    protected virtual void Over() => Life.End();

    /// <summary>The process ended: the machine may have ended with it. Then it starts again, as often as it takes.</summary>
    protected void Restart()
    {
        var mustCut = Disk.Faults.IsDown;
        Now = Life.Time.GetUtcNow() + TimeSpan.FromMilliseconds(Random.Next(2000));
        Over();
        if (mustCut || Random.Next(3) > 0)
            CutPower();
        else
            KillNow();
        Start();
    }

    /// <summary>The same after a stop in peace, which begins at the very time at which the other ended.</summary>
    protected void RestartAtOnce()
    {
        Over();
        Disk.EndsAt = 0;
        Now = Life.Time.GetUtcNow();
        EndMachineOrProcess();
        Start();
    }

    protected void Note(string step, Action act)
    {
        Trace.Add("step", step);
        act();
    }

    protected T Pick<T>(IReadOnlyList<T> from) => from[Random.Next(from.Count)];

    protected static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void Start()
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt == StartsMax)
                throw new SimulationFailure("It does not start any more.");
            PrepareStart(attempt);
            Figures.Starts++;
            Trace.Add("step", "start");
            if (TryStart())
                return;
            Trace.Add("step", "start failed");
            Over();
            if (Disk.Faults.IsDown)
                CutPower();
            else
                EndMachineOrProcess();
        }
    }

    private void BeginToFinish()
    {
        Trace.Add("step", "finish");
        IsFinishing = true;
        Disk.Faults.Clear();
        Disk.Faults.LetSyncsWork();
        Disk.EndsAt = 0;
        if (Life.IsAlive && !Disk.Faults.IsDown)
            return;
        Disk.Kill();
        Restart();
    }

    private void EndMachineOrProcess()
    {
        if (Random.Next(2) == 0)
            CutPower();
        else
            KillNow();
    }

    private void CutPower()
    {
        Figures.PowerCuts++;
        Disk.CutPower(new RandomCrash(Random, _tears));
    }

    private void KillNow()
    {
        Figures.Kills++;
        Disk.Kill();
    }
}
