using Chronik.Storage.IO;
using Chronik.Storage.Retention;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage.Log;

/// <summary>What all logs of a store share.</summary>
internal sealed record LogContext(
    IFileSystem Files, TimeProvider Time, GroupCommitter Committer, IHighWatermarkListener? Listener, ILogger Logger)
{
    /// <summary>Where files go that left a log.</summary>
    public required DeletedFiles Deleted { get; init; }

    /// <summary>Makes the start offsets of all logs durable.</summary>
    public required Func<Task> SaveLogStarts { get; init; }

    /// <summary>Told when the disk refused what was written: the next start must not take all of it for there.</summary>
    public Action OnWritesLost { get; init; } = static () => { };

    /// <summary>Whether there is room for more records.</summary>
    public required DiskSpace Disk { get; init; }

    /// <summary>A failing disk fails each append; one of them is told.</summary>
    public NowAndThen AppendFailureTold { get; } = new();

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
