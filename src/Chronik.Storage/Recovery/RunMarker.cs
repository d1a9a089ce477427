using System.Text;
using Chronik.Storage.IO;

namespace Chronik.Storage.Recovery;

/// <summary>
/// Chronik's own file in the data folder, which Kafka ignores: on which run of the machine it was written to. After kill -9 it
/// is the run of today, so whatever was written is there, and what is wrong is damage; after a power cut it is another, and
/// what was not durable may be torn.
/// </summary>
internal static class RunMarker
{
    private const string FileName = ".chronik_run";

    /// <summary>Whether nothing that was written can be lost since the last run.</summary>
    public static bool IsOfThisRun(IFileSystem files, string directory) =>
        files.MachineRun(directory) is { } run && AtomicFile.ReadText(files, PathIn(directory)) == run;

    /// <summary>Notes this run, once all logs are recovered.</summary>
    public static void Write(IFileSystem files, string directory)
    {
        if (files.MachineRun(directory) is not { } run || AtomicFile.ReadText(files, PathIn(directory)) == run)
            return;
        AtomicFile.Write(files, PathIn(directory), Encoding.UTF8.GetBytes(run));
    }

    /// <summary>The disk refused to take something: what was written may be lost although the machine runs on.</summary>
    public static void Forget(IFileSystem files, string directory)
    {
        try
        {
            files.Delete(PathIn(directory));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A disk that takes nothing at all. Then a hole that its failure left is told as damage, not cut: nothing is lost by it.
        }
    }

    private static string PathIn(string directory) => $"{directory}/{FileName}";
}
