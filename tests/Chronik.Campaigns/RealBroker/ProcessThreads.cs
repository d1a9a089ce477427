using System.Globalization;
using System.Text;

namespace Chronik.Campaigns.RealBroker;

/// <summary>What the threads of a process that does nothing wait for, as Linux tells it.</summary>
internal static class ProcessThreads
{
    private static readonly string[] s_statusLines = ["State:", "TracerPid:", "SigQ:", "ShdPnd:"];

    /// <summary>The state of each thread, of its tracer, and the calls they are in.</summary>
    public static string Describe(int processId)
    {
        var text = new StringBuilder();
        Add(text, processId);
        if (TracerOf(processId) is { } tracer)
        {
            text.AppendLine("its tracer:");
            Add(text, tracer);
        }

        return text.ToString();
    }

    private static void Add(StringBuilder text, int processId)
    {
        var tasks = $"/proc/{processId}/task";
        if (!Directory.Exists(tasks))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {processId} is gone");
            return;
        }

        foreach (var thread in Directory.EnumerateDirectories(tasks))
        {
            var status = Read(Path.Combine(thread, "status")).Split('\n').Where(static line => s_statusLines.Any(line.StartsWith));
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {Path.GetFileName(thread)} {Read(Path.Combine(thread, "comm"))}: {string.Join(' ', status)}; in {Read(Path.Combine(thread, "wchan"))}; call {Read(Path.Combine(thread, "syscall"))}");
        }
    }

    private static int? TracerOf(int processId)
    {
        const string name = "TracerPid:";
        var line = Read($"/proc/{processId}/status").Split('\n').FirstOrDefault(static line => line.StartsWith(name, StringComparison.Ordinal));
        return line is not null && int.TryParse(line.AsSpan(name.Length), CultureInfo.InvariantCulture, out var tracer) && tracer > 0 ? tracer : null;
    }

    // A thread may end, or be closed to us, at any moment.
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
