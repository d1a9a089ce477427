using System.Globalization;
using Chronik.Protocol;

namespace Chronik.Campaigns.RealBroker;

/// <summary>One life of a topic; its name may have had others before, and have others later.</summary>
internal sealed class TopicStory
{
    private readonly Lock _lock = new();
    private readonly List<WriterStory> _writers = [];

    public TopicStory(string name, int number, int partitions)
    {
        Name = name;
        Number = number;
        Partitions = partitions;
    }

    public string Name { get; }

    /// <summary>Unique in the ledger.</summary>
    public int Number { get; }

    public int Partitions { get; }

    /// <summary>The group that commits its offsets.</summary>
    public string Group => string.Create(CultureInfo.InvariantCulture, $"group-{Number}");

    /// <summary>What was asked of it last and did not work, and how that ended.</summary>
    public string Trouble { get; set; } = "";

    /// <summary>What the broker calls it; <see cref="TopicId.None"/> as long as that is not known.</summary>
    public TopicId Id { get; set; }

    public Moment Created { get; } = new();

    /// <summary>An attempt to create it was refused, or its answer was lost: until a later one is answered, what it left may be seen, under an id of its own.</summary>
    public bool HadOtherAttempts { get; set; }

    public Moment Deleted { get; } = new();

    public CommitStory Commits { get; } = new();

    public IReadOnlyList<WriterStory> Writers
    {
        get
        {
            lock (_lock)
                return [.. _writers];
        }
    }

    public WriterStory AddWriter(int partition, bool isIdempotent)
    {
        lock (_lock)
        {
            var writer = new WriterStory(_writers.Count, this, partition, isIdempotent);
            _writers.Add(writer);
            return writer;
        }
    }
}
