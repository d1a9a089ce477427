using Chronik.Storage.IO;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage.Retention;

/// <summary>Files that left their log and wait for file.delete.delay.ms; what a stop leaves of them the next start deletes.</summary>
internal sealed class DeletedFiles(IFileSystem files, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private List<(long DueMs, string Path)> _waiting = [];

    /// <summary>Notes files that are to be deleted after a while.</summary>
    public void Add(IReadOnlyList<string> paths, long delayMs)
    {
        var dueMs = time.GetUtcNow().ToUnixTimeMilliseconds() + Math.Min(delayMs, long.MaxValue / 2);
        lock (_lock)
            _waiting.AddRange(paths.Select(path => (dueMs, path)));
    }

    /// <summary>Deletes those whose time has come, or all.</summary>
    public void DeleteDue(bool all = false)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        List<(long DueMs, string Path)> due;
        lock (_lock)
        {
            if (_waiting.Count == 0)
                return;
            due = _waiting.FindAll(file => all || file.DueMs <= nowMs);
            _waiting = _waiting.FindAll(file => !all && file.DueMs > nowMs);
        }

        foreach (var (_, path) in due)
        {
            try
            {
                files.Delete(path);
            }
            catch (IOException error)
            {
                logger.MaintenanceFailed(path, error);
            }
        }
    }
}
