using System.Globalization;
using System.Text;
using Chronik.Storage.IO;
using Chronik.Storage.Recovery;

namespace Chronik.Storage.Log;

/// <summary>Where each leader epoch of a partition starts (KIP-101, KIP-320), kept in Kafka's <c>leader-epoch-checkpoint</c>.</summary>
internal sealed class LeaderEpochs
{
    public const string FileName = "leader-epoch-checkpoint";
    private const int Unknown = -1;
    private readonly IFileSystem _files;
    private readonly string _path;
    private bool _isSaved = true;
    private volatile (int Epoch, long StartOffset)[] _epochs;

    private LeaderEpochs(IFileSystem files, string path, (int Epoch, long StartOffset)[] epochs)
    {
        _files = files;
        _path = path;
        _epochs = epochs;
    }

    /// <summary>Nothing is known: the file is missing or damaged.</summary>
    public bool IsMissing => _epochs.Length == 0;

    /// <summary>The latest epoch, 0 where none is known.</summary>
    public int Latest => _epochs is { Length: > 0 } epochs ? epochs[^1].Epoch : 0;

    /// <summary>The epoch of the log's start: no record below it has a later one. Unbounded where none is known.</summary>
    public int First => _epochs is { Length: > 0 } epochs ? epochs[0].Epoch : int.MaxValue;

    /// <summary>The epochs of a new log; its file is the caller's to write.</summary>
    public static LeaderEpochs Create(IFileSystem files, string directory) => new(files, $"{directory}/{FileName}", [(0, 0)]);

    public static LeaderEpochs Load(IFileSystem files, string directory)
    {
        var path = $"{directory}/{FileName}";
        var epochs = new List<(int Epoch, long StartOffset)>();
        foreach (var words in TextCheckpoint.Parse(AtomicFile.ReadText(files, path)) ?? [])
        {
            if (words is [var epoch, var start]
                && int.TryParse(epoch, CultureInfo.InvariantCulture, out var number)
                && long.TryParse(start, CultureInfo.InvariantCulture, out var offset))
                epochs.Add((number, offset));
            else
                return new LeaderEpochs(files, path, []);
        }

        return new LeaderEpochs(files, path, [.. epochs.OrderBy(static epoch => epoch.Epoch)]);
    }

    /// <summary>Nothing that the file says is believed.</summary>
    public void Forget() => Change([]);

    /// <summary>The epoch of a batch that recovery met: the file may be older than the log.</summary>
    public void Observe(int epoch, long startOffset)
    {
        var epochs = _epochs;
        if (epoch >= 0 && (epochs.Length == 0 || epoch > epochs[^1].Epoch))
            Change([.. epochs, (epoch, startOffset)]);
    }

    /// <summary>Epochs that start behind the log's end never were.</summary>
    public void TruncateTo(long endOffset)
    {
        var kept = _epochs.Where(epoch => epoch.StartOffset <= endOffset).ToArray();
        if (kept.Length != _epochs.Length)
            Change(kept);
    }

    /// <summary>Forgets the epochs that end before the log's start.</summary>
    public void TrimTo(long startOffset)
    {
        var epochs = _epochs;
        var first = Array.FindLastIndex(epochs, epoch => epoch.StartOffset <= startOffset);
        if (first > 0)
            Change([(epochs[first].Epoch, startOffset), .. epochs[(first + 1)..]]);
    }

    /// <summary>Writes what changed since the last time; durable when it returns, the name with the folder's next sync.</summary>
    public void Save()
    {
        if (_isSaved)
            return;
        AtomicFile.Replace(_files, _path, Format());
        _isSaved = true;
    }

    /// <summary>Writes what changed aside, not durable; null where nothing did.</summary>
    public object? WriteAside()
    {
        if (_isSaved)
            return null;
        var epochs = _epochs;
        AtomicFile.WriteAside(_files, _path, Format());
        return epochs;
    }

    /// <summary>Gives what was written aside, and is durable now, its name.</summary>
    public void PutInPlace(object written)
    {
        AtomicFile.PutInPlace(_files, _path);
        _isSaved = ReferenceEquals(written, _epochs);
    }

    public byte[] Format()
    {
        var lines = _epochs.Select(static epoch => string.Create(CultureInfo.InvariantCulture, $"{epoch.Epoch} {epoch.StartOffset}"));
        return Encoding.UTF8.GetBytes(TextCheckpoint.Format([.. lines]));
    }

    private void Change((int Epoch, long StartOffset)[] epochs)
    {
        _epochs = epochs;
        _isSaved = false;
    }

    /// <summary>The epoch in which an offset was written; -1 for those below the first that is known, which are trimmed away.</summary>
    public int EpochOf(long offset)
    {
        var epochs = _epochs;
        var index = Array.FindLastIndex(epochs, epoch => epoch.StartOffset <= offset);
        return index < 0 ? Unknown : epochs[index].Epoch;
    }

    public EpochEndOffset EndOffsetOf(int leaderEpoch, long logEndOffset)
    {
        var epochs = _epochs;
        if (leaderEpoch < 0 || epochs.Length == 0 || leaderEpoch > epochs[^1].Epoch)
            return new EpochEndOffset(Unknown, -1);
        if (leaderEpoch == epochs[^1].Epoch)
            return new EpochEndOffset(leaderEpoch, logEndOffset);
        var higher = Array.FindIndex(epochs, epoch => epoch.Epoch > leaderEpoch);

        // An epoch before the first that is known ends where that one starts.
        return new EpochEndOffset(higher == 0 ? leaderEpoch : epochs[higher - 1].Epoch, epochs[higher].StartOffset);
    }
}
