namespace Chronik.Storage.Verification;

/// <summary>What is wrong with one index file: the first problem in words, and how many there are.</summary>
internal sealed class IndexProblems
{
    public int Count { get; private set; }

    public string? First { get; private set; }

    public long? Position { get; private set; }

    /// <summary>Kafka's zeros behind the entries of an index that was not closed.</summary>
    public bool HasZeros { get; set; }

    public void Add(string problem, long? position = null)
    {
        if (Count++ > 0)
            return;
        First = problem;
        Position = position;
    }
}
