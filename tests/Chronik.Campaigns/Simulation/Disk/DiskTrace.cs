using System.Globalization;

namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>
/// All that a run did, as one number; with <paramref name="keepLines"/> also as text. Two runs of a seed must come to the same number.
/// </summary>
internal sealed class DiskTrace(bool keepLines)
{
    private const ulong Prime = 0x100000001b3;

    /// <summary>What was kept, oldest first.</summary>
    public List<string> Lines { get; } = [];

    public ulong Hash { get; private set; } = 0xcbf29ce484222325;

    public bool KeepsLines => keepLines;

    public void Add(string kind, string subject, long first = 0, long second = 0, uint content = 0)
    {
        Mix(kind);
        Mix(subject);
        Mix((ulong)first);
        Mix((ulong)second);
        Mix(content);
        if (keepLines)
            Lines.Add(string.Create(CultureInfo.InvariantCulture, $"{kind,-10} {subject} {first} {second} {content:x8}"));
    }

    private void Mix(string text)
    {
        foreach (var letter in text)
            Mix(letter);
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * Prime;
}
