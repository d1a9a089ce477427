using System.Globalization;
using Chronik.Storage.IO;

namespace Chronik.Benchmarks.Commits;

/// <summary>
/// What fdatasync of each file and one syncfs cost on a real disk, by how many files have 4 KiB to write, alone and beside a
/// neighbour that writes to the same file system without syncing.
/// </summary>
internal static class SyncBenchmark
{
    private const int WriteBytes = 4096;
    private const int Rounds = 9;
    private const int NeighbourBytesPerRound = 16 * 1024 * 1024;

    public static void Run(string parent)
    {
        var files = new RealFileSystem();
        var directory = $"{parent}/chronik-sync-{Environment.ProcessId}";
        files.CreateDirectory(directory);
        try
        {
            using var whole = files.OpenSync(directory);
            Console.WriteLine($"{directory}; medians of {Rounds} rounds, ms. Neighbour: {NeighbourBytesPerRound >> 20} MiB dirtied before each round.");
            Console.WriteLine("| dirty files | fdatasync of each | syncfs | with a neighbour: fdatasync of each | syncfs |");
            Console.WriteLine("|---:|---:|---:|---:|---:|");
            foreach (var count in new[] { 1, 2, 3, 4, 6, 8, 16, 32, 100, 1_000, 5_000 })
                Measure(files, directory, whole, count);
        }
        finally
        {
            files.DeleteDirectory(directory);
        }
    }

    private static void Measure(RealFileSystem files, string directory, IFileSystemSync? whole, int count)
    {
        var open = Enumerable.Range(0, count).Select(i => files.Open($"{directory}/{i}", FileOpenKind.CreateOrTruncate)).ToList();
        using var neighbour = files.Open($"{directory}/neighbour", FileOpenKind.CreateOrTruncate);
        try
        {
            string[] cells =
            [
                Median(open, null, () => open.ForEach(static file => file.Sync())),
                whole is null ? "-" : Median(open, null, whole.Sync),
                Median(open, neighbour, () => open.ForEach(static file => file.Sync())),
                whole is null ? "-" : Median(open, neighbour, whole.Sync),
            ];
            Console.WriteLine($"| {count} | {string.Join(" | ", cells)} |");
        }
        finally
        {
            open.ForEach(static file => file.Dispose());
            for (var i = 0; i < count; i++)
                files.Delete($"{directory}/{i}");
        }
    }

    private static string Median(List<IFile> files, IFile? neighbour, Action sync)
    {
        var bytes = new byte[WriteBytes];
        var noise = new byte[neighbour is null ? 0 : NeighbourBytesPerRound];
        var taken = new List<double>();
        var time = TimeProvider.System;
        for (var round = 0; round < Rounds; round++)
        {
            neighbour?.Write(noise, 0);
            foreach (var file in files)
                file.Write(bytes, (long)round * WriteBytes);
            var started = time.GetTimestamp();
            sync();
            taken.Add(time.GetElapsedTime(started).TotalMilliseconds);
            neighbour?.Sync();
        }

        taken.Sort();
        return taken[Rounds / 2].ToString("N2", CultureInfo.InvariantCulture);
    }
}
