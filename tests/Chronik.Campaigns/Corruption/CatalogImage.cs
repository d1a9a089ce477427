using System.Buffers.Binary;
using Chronik.Catalog;
using Chronik.Protocol;

namespace Chronik.Campaigns.Corruption;

/// <summary>The files of a catalog, and what was acknowledged in it, commit by commit.</summary>
/// <param name="Files">By their names.</param>
/// <param name="States">What a start may show after each commit, the last of which is right.</param>
/// <param name="LastCommit">Where in the write-ahead log the last commit begins.</param>
internal sealed record CatalogImage(IReadOnlyDictionary<string, byte[]> Files, IReadOnlyList<string> States, long LastCommit)
{
    public const string Name = "chronik.db";
    private const int Topics = 30;
    private const int BulkCommits = 11;
    private const int BulkChanges = 100;

    /// <summary>Fills a catalog, and takes its files while it is open, or after it was closed.</summary>
    public static async Task<CatalogImage> MakeAsync(string folder, int seed, bool isClosed)
    {
        var random = new Random(seed);
        var states = new List<string>();
        var path = Path.Combine(folder, Name);
        var catalog = Catalogs.Embedded(path, random, TaskScheduler.Default);
        await using (catalog)
        {
            var content = new CatalogContent(await catalog.LoadAsync());
            states.Add(content.ToString());

            // A thousand changes bring a checkpoint; what follows is in the write-ahead log alone.
            var index = 0;
            for (var commit = 0; commit < BulkCommits + (7 * (seed % 9)); commit++)
            {
                var count = commit < BulkCommits ? BulkChanges : 1;
                var changes = Enumerable.Range(0, count).Select(_ => Change(random, index++)).ToList();
                changes.ForEach(content.Apply);
                await catalog.WriteAsync(changes);
                states.Add(content.ToString());
            }

            if (!isClosed)
                return Of(ReadAll(folder), states);
        }

        return Of(ReadAll(folder), states);
    }

    /// <summary>The same without the checksums of its pages.</summary>
    public CatalogImage WithoutSums() => this with { Files = Files.Where(static file => file.Key != Name + "-sums").ToDictionary(StringComparer.Ordinal) };

    private static CatalogChange Change(Random random, int index)
    {
        if (index < Topics)
            return new TopicCreated(new TopicRow(TopicId.Create(random), $"topic-{index}", random.Next(1, 9)));
        var topic = $"topic-{random.Next(Topics)}";
        return (index % 7) switch
        {
            0 => new ConfigSet(new ConfigResource(2, topic), "retention.ms", $"{random.Next()}"),
            1 => new GroupSaved($"group-{random.Next(9)}", GroupKind.Classic, new byte[random.Next(1, 300)]),
            2 => new ProducerIdsTaken(1000L * index),
            _ => new OffsetCommitted(new CommittedOffsetRow($"group-{random.Next(9)}", topic, random.Next(9), random.Next(), 3, "note", index, -1)),
        };
    }

    private static CatalogImage Of(Dictionary<string, byte[]> files, List<string> states) =>
        new(files, states, files.TryGetValue(Name + "-wal", out var wal) ? LastCommitIn(wal) : 0);

    // Of the commits since the log was begun last: their frames have the salts of its header, and the last frame of each says how many pages there are.
    private static long LastCommitIn(byte[] wal)
    {
        const int HeaderBytes = 32, FrameHeaderBytes = 24;
        var frameBytes = FrameHeaderBytes + BinaryPrimitives.ReadInt32BigEndian(wal.AsSpan(8));
        var (last, start) = (HeaderBytes, HeaderBytes);
        for (var at = HeaderBytes; at + frameBytes <= wal.Length && wal.AsSpan(at + 8, 8).SequenceEqual(wal.AsSpan(16, 8)); at += frameBytes)
        {
            if (BinaryPrimitives.ReadInt32BigEndian(wal.AsSpan(at + 4)) != 0)
                (last, start) = (start, at + frameBytes);
        }

        return last;
    }

    private static Dictionary<string, byte[]> ReadAll(string folder) =>
        Directory.GetFiles(folder).ToDictionary(static path => Path.GetFileName(path), File.ReadAllBytes, StringComparer.Ordinal);
}
