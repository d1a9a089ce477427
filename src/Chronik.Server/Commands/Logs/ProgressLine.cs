using Chronik.Server.Output;
using Chronik.Storage.Verification;

namespace Chronik.Server.Commands.Logs;

/// <summary>One line on a terminal that says how far a long reading is; nothing where nobody watches.</summary>
internal static class ProgressLine
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Shows progress until the work is done, and wipes the line; the work's failure is the caller's to see.</summary>
    public static async Task ShowAsync(Task work, VerificationProgress progress, CommandContext context)
    {
        if (!ReferenceEquals(context.Error, Console.Error) || Console.IsErrorRedirected)
            return;
        using var timer = new PeriodicTimer(s_interval, context.Time);
        var started = context.Time.GetTimestamp();
        var hasWritten = false;
        while (await Task.WhenAny(work, timer.WaitForNextTickAsync().AsTask()) != work)
        {
            var seconds = context.Time.GetElapsedTime(started).TotalSeconds;
            var percent = progress.BytesTotal == 0 ? 0 : 100 * progress.Bytes / progress.BytesTotal;
            context.Error.Write($"\r{percent} % of {Size.Of(progress.BytesTotal)}, {Size.Of((long)(progress.Bytes / seconds))}/s   ");
            hasWritten = true;
        }

        if (hasWritten)
            context.Error.Write("\r" + new string(' ', 60) + "\r");
    }
}
