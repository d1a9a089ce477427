namespace Chronik.Campaigns.Corruption;

/// <summary>What all cases together showed.</summary>
internal sealed class CorruptionTally
{
    private const int WrongMax = 50;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);

    public int Cases { get; private set; }

    public int WithDamagedRecords { get; private set; }

    public int Answered { get; private set; }

    public int Logged { get; private set; }

    public int Verified { get; private set; }

    public int Failed { get; private set; }

    public List<(int Seed, string Text)> Wrong { get; } = [];

    /// <summary>Counts a case.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Add(int seed, Mutation mutation, CaseOutcome outcome, string command)
    {
        lock (_lock)
        {
            Cases++;
            _kinds[mutation.Kind] = _kinds.GetValueOrDefault(mutation.Kind) + 1;
            WithDamagedRecords += outcome.AffectedBatches > 0 ? 1 : 0;
            Answered += outcome.WasAnswered ? 1 : 0;
            Logged += outcome.WasLogged ? 1 : 0;
            Verified += outcome.WasVerified ? 1 : 0;
            Failed += outcome.Wrong.Count > 0 ? 1 : 0;
            if (outcome.Wrong.Count == 0)
                return null;
            var text = $"{mutation.Text}: {string.Join("; ", outcome.Wrong.Take(3))} ({command})";
            if (Wrong.Count < WrongMax)
                Wrong.Add((seed, text));
            return text;
        }
    }

    public override string ToString()
    {
        lock (_lock)
            return Describe();
    }

    private string Describe() =>
        $"{Cases} cases ({string.Join(", ", _kinds.Select(static pair => $"{pair.Value} {pair.Key}"))}): {WithDamagedRecords} damaged records, "
        + $"{Answered} answered with CORRUPT_MESSAGE, {Logged} told in the log, {Verified} found by verify, {Failed} wrong";
}
