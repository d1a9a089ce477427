using Chronik.Storage.Log;

namespace Chronik.Campaigns.CrashStates;

/// <summary>What is done while the power may be cut at any moment.</summary>
internal static class Scenarios
{
    /// <summary>Small segments, so that a few batches roll.</summary>
    public static LogConfig Config { get; } = new() { SegmentBytesMax = 4000, IndexIntervalBytes = 200, RetentionMs = -1, FileDeleteDelayMs = 0 };

    public static SortedDictionary<string, ScenarioSteps> All { get; } = new(StringComparer.Ordinal)
    {
        ["first-start"] = static context => Task.CompletedTask,
        ["topic"] = static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(3, 0);
            await context.DeleteAsync();
        },
        ["append-and-roll"] = static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(30, 0);
        },
        ["checkpoint"] = static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(12, 0);
            context.Wait(3_100);
            await context.AppendAsync(12, 12);
            context.Wait(3_100);
            await context.AppendAsync(3, 24);
        },
        ["trim"] = static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(25, 0);
            await context.TrimAsync(20);
            await context.AppendAsync(3, 25);
        },
        ["clean-stop"] = static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(15, 0);
            await context.CloseAsync();
        },
    };
}
