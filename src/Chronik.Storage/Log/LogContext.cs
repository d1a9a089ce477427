using Chronik.Storage.IO;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage.Log;

/// <summary>What all logs of a store share.</summary>
internal sealed record LogContext(
    IFileSystem Files, TimeProvider Time, GroupCommitter Committer, IHighWatermarkListener? Listener, ILogger Logger)
{
    /// <summary>Makes the start offsets of all logs durable.</summary>
    public required Func<Task> SaveLogStarts { get; init; }

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
