using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Chronik.TestKit;

/// <summary>Waits on a condition with a bound, for what happens on other threads or in other processes.</summary>
public static class Eventually
{
    /// <summary>The bound where a test gives none: far above what a slow machine needs.</summary>
    public static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(20);

    private const int PollMs = 5;

    /// <summary>Returns when the condition holds; fails the test where it does not within the bound.</summary>
    public static async Task True(
        Func<bool> condition,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > (within ?? DefaultBound))
                Assert.Fail($"Not within {within ?? DefaultBound}: {what}");
            await Task.Delay(PollMs);
        }
    }

    /// <summary>Returns when the condition holds; fails the test where it does not within the bound.</summary>
    public static async Task True(
        Func<Task<bool>> condition,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > (within ?? DefaultBound))
                Assert.Fail($"Not within {within ?? DefaultBound}: {what}");
            await Task.Delay(PollMs);
        }
    }

    /// <summary>Asks again until an answer is final or the bound has passed; returns the last answer, which the caller judges.</summary>
    public static async Task<T> Last<T>(Func<Task<T>> ask, Func<T, bool> isFinal, TimeSpan? within = null)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (isFinal(answer) || clock.Elapsed > (within ?? DefaultBound))
                return answer;
            await Task.Delay(PollMs);
        }
    }

    /// <summary>Returns the task's result; fails the test where it does not complete within the bound.</summary>
    public static async Task<T> Completed<T>(
        Task<T> task,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        await Completed((Task)task, within, what);
        return await task;
    }

    /// <summary>Returns when the task completes; fails the test where it does not within the bound.</summary>
    public static async Task Completed(
        Task task,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        if (await Task.WhenAny(task, Task.Delay(within ?? DefaultBound)) != task)
            Assert.Fail($"Not completed within {within ?? DefaultBound}: {what}");
        await task;
    }
}
