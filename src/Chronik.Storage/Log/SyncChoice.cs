using System.Numerics;

namespace Chronik.Storage.Log;

/// <summary>
/// Chooses between a sync for each dirty file and one for the whole file system, by what each took lately for about as many
/// files. The one for the whole file system also writes what other programs left there, so no constant is right everywhere.
/// </summary>
internal sealed class SyncChoice(TimeProvider time)
{
    /// <summary>From so many dirty files on the file system is synced as a whole, until both ways have been measured.</summary>
    internal const int FileSystemSyncFilesMin = 4;

    // What was not chosen is tried again, for at most a hundredth of the time.
    private const int TrialShare = 100;
    private const double NewestWeight = 0.25;
    private static readonly TimeSpan s_trialPeriodMin = TimeSpan.FromSeconds(5);

    private readonly Costs[] _byMagnitude = new Costs[32];
    private double _fileMs;
    private long _fileMeasured;

    /// <summary>True where one sync of the file system is expected to take less time than one for each file.</summary>
    public bool PrefersFileSystem(int files)
    {
        if (files < 2)
            return false;
        ref var costs = ref CostsOf(files);
        if (_fileMs <= 0 || costs.FileSystemMs <= 0)
            return files >= FileSystemSyncFilesMin;
        var eachMs = files * _fileMs;
        return eachMs > costs.FileSystemMs
            ? !IsDue(_fileMeasured, eachMs)
            : IsDue(costs.Measured, costs.FileSystemMs);
    }

    /// <summary>So many files were synced one by one.</summary>
    public void OnFilesSynced(int files, long started)
    {
        if (files == 0)
            return;
        var now = time.GetTimestamp();
        Note(ref _fileMs, time.GetElapsedTime(started, now).TotalMilliseconds / files);
        _fileMeasured = now;
    }

    /// <summary>The file system was synced while so many files were dirty.</summary>
    public void OnFileSystemSynced(int files, long started)
    {
        var now = time.GetTimestamp();
        ref var costs = ref CostsOf(files);
        Note(ref costs.FileSystemMs, time.GetElapsedTime(started, now).TotalMilliseconds);
        costs.Measured = now;
    }

    private static void Note(ref double average, double latest) =>
        average = average <= 0 ? latest : average + (NewestWeight * (latest - average));

    private ref Costs CostsOf(int files) => ref _byMagnitude[BitOperations.Log2((uint)files)];

    private bool IsDue(long measured, double expectedMs) =>
        time.GetElapsedTime(measured) is var age && age > s_trialPeriodMin && age.TotalMilliseconds > TrialShare * expectedMs;

    private struct Costs
    {
        public double FileSystemMs;
        public long Measured;
    }
}
