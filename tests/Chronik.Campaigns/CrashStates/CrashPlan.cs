using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.CrashStates;

/// <summary>
/// Which of the unsynced things survives: all but one, one alone, all, or none; a page may also be torn. The things are counted
/// in the order in which the disk asks for them: changes of names, then for each file its lengths and its pages.
/// </summary>
/// <param name="chosen">The thing that is treated otherwise than the rest; -1: none is.</param>
/// <param name="othersSurvive">Whether the rest survives.</param>
/// <param name="tears">The chosen page is torn in its middle, instead.</param>
internal sealed class CrashPlan(int chosen, bool othersSurvive, bool tears) : ICrashChoice
{
    private const byte All = 0xff;
    private const byte FirstHalf = 0x0f;
    private readonly HashSet<int> _pages = [];
    private bool _isTorn;

    /// <summary>How many things there were.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a thing was a page: only those can be torn.</summary>
    public bool IsPage(int thing) => _pages.Contains(thing);

    public bool Survives(NameChange change, int index, int count) => Decide();

    public int LengthsOf(FileNode file, int count) => Decide() ? count : 0;

    public int VersionOf(FileNode file, int page, int versions)
    {
        _pages.Add(Count);
        _isTorn = tears && Count == chosen;
        return Decide() || _isTorn ? versions : 0;
    }

    public byte SectorsOf(FileNode file, int page) => _isTorn ? FirstHalf : All;

    private bool Decide() => Count++ == chosen ? !othersSurvive : othersSurvive;
}
