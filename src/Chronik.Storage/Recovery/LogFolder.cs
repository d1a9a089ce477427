using System.Globalization;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage.Recovery;

/// <summary>A partition's folder in the data folder, and what is known of it before it is opened.</summary>
internal sealed record LogFolder
{
    public const string DeletedSuffix = "-delete";
    private const int NameBytesMax = 255;

    public required IFileSystem Files { get; init; }

    public required string Directory { get; init; }

    public required TopicPartition TopicPartition { get; init; }

    public required LogConfig Config { get; init; }

    public required ILogger Logger { get; init; }

    public required long NowMs { get; init; }

    /// <summary>The last run ended with everything written down.</summary>
    public bool WasClosedCleanly { get; init; }

    /// <summary>Since the last run the machine was switched off, or its disk refused something: what was not durable may be lost in part.</summary>
    public bool MayBeTorn { get; init; } = true;

    /// <summary>What synced all that the last run left in the file systems that it covers, so that nobody need do it again; or null.</summary>
    public IFileSystemSync? SyncedBy { get; init; }

    public long RecoveryPoint { get; init; }

    public long StartOffset { get; init; }

    /// <summary>It was compacted once, by the cleaner's checkpoint: a topic whose policy has changed since, or is not known.</summary>
    public bool WasCompacted { get; init; }

    /// <summary>Offsets that are missing are no sign of damage: compaction may have taken them.</summary>
    public bool MayHaveGaps => Config.IsCompacted || WasCompacted;

    /// <summary>Splits <c>topic-0</c>; topics may have hyphens themselves.</summary>
    public static bool TryParse(string name, out TopicPartition partition)
    {
        var hyphen = name.LastIndexOf('-');
        partition = default;
        if (hyphen <= 0 || !int.TryParse(name.AsSpan(hyphen + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return false;
        partition = new TopicPartition(name[..hyphen], index);
        return true;
    }

    /// <summary>Kafka's name of a folder that is being deleted: no topic can have it, for topics end in no <c>-delete</c> of this form.</summary>
    public static string DeletedName(TopicPartition partition, TopicId topicId)
    {
        var suffix = $".{topicId.Value:N}{DeletedSuffix}";
        var name = partition.ToString();
        return name[..Math.Min(name.Length, NameBytesMax - suffix.Length)] + suffix;
    }
}
