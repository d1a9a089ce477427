using Chronik.Storage.IO;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>Checkpoints of many partitions at a time.</content>
internal sealed partial class PartitionLog
{
    // Two syncs of the file system, shared with the others: contents, then names. False if nothing is known to be durable.
    private async Task<bool> TrySyncTogetherAsync(CheckpointSync sync, List<Segment> segments, string snapshotPath, byte[] snapshot)
    {
        var writes = segments.ConvertAll(static segment => segment.PrepareIndexSync());
        var epochs = _epochs.WriteAside();
        AtomicFile.WriteAside(_context.Files, snapshotPath, snapshot);
        if (!await sync.SyncAsync())
            return false;
        for (var i = 0; i < segments.Count; i++)
            segments[i].IndexesSynced(writes[i]);
        AtomicFile.PutInPlace(_context.Files, snapshotPath);
        if (epochs is not null)
            _epochs.PutInPlace(epochs);
        return await sync.SyncAsync();
    }
}
