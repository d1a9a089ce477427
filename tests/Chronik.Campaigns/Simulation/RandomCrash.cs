using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.Simulation;

/// <summary>
/// A power cut as a seed has it: of the names either what a journal wrote in order, or any of them; of the pages nothing, all,
/// or each for itself in any state that it had, now and then torn between its sectors.
/// </summary>
internal sealed class RandomCrash : ICrashChoice
{
    private const byte AllSectors = 0xff;
    private readonly Random _random;
    private readonly bool _namesInOrder;
    private readonly bool _tears;
    private readonly int _nameChance;
    private readonly int _pageChance;
    private int _namesKept = -1;

    public RandomCrash(Random random, bool tears)
    {
        _random = random;
        _namesInOrder = random.Next(2) == 0;
        _tears = tears && random.Next(2) == 0;
        _nameChance = Chance();
        _pageChance = Chance();
    }

    public bool Survives(NameChange change, int index, int count)
    {
        if (!_namesInOrder)
            return _random.Next(100) < _nameChance;
        if (_namesKept < 0)
            _namesKept = _random.Next(count + 1);
        return index < _namesKept;
    }

    public int LengthsOf(FileNode file, int count) => _random.Next(100) switch
    {
        var dice when dice < _pageChance / 2 => count,
        var dice when dice < _pageChance => _random.Next(count + 1),
        _ => _random.Next(8) == 0 ? count : 0,
    };

    public int VersionOf(FileNode file, int page, int versions)
    {
        if (_random.Next(100) >= _pageChance)
            return 0;
        return _random.Next(4) == 0 ? _random.Next(versions + 1) : versions;
    }

    public byte SectorsOf(FileNode file, int page) => _tears && _random.Next(3) == 0 ? (byte)_random.Next(256) : AllSectors;

    private int Chance() => _random.Next(4) switch { 0 => 0, 1 => 100, 2 => 50, _ => 80 };
}
