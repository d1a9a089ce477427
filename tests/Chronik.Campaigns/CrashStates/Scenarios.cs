using Chronik.Storage.Log;

namespace Chronik.Campaigns.CrashStates;

/// <summary>Short lives of one partition.</summary>
internal static class Scenarios
{
    // Small segments, so that a few batches roll.
    private static readonly LogConfig s_config = new() { SegmentBytesMax = 4000, IndexIntervalBytes = 200, RetentionMs = -1, FileDeleteDelayMs = 0 };

    // Tombstones go with the second compaction that meets them.
    private static readonly LogConfig s_compacted =
        s_config with { IsCompacted = true, SegmentBytesMax = 400, IndexIntervalBytes = 100, MinCleanableDirtyRatio = 0, DeleteRetentionMs = 1_000 };

    private static readonly LogConfig s_retained = s_config with { SegmentBytesMax = 400, RetentionBytes = 800 };

    public static SortedDictionary<string, Scenario> All { get; } = new(StringComparer.Ordinal)
    {
        ["first-start"] = new(s_config, static context => Task.CompletedTask),
        ["topic"] = new(s_config, static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(3);
            await context.DeleteAsync();
        }),
        ["append-and-roll"] = new(s_config, static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(30);
        }),
        ["checkpoint"] = new(s_config, static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(12);
            context.Wait(3_100);
            await context.AppendAsync(12);
            context.Wait(3_100);
            await context.AppendAsync(3);
        }),
        ["trim"] = new(s_config, static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(25);
            await context.TrimAsync(20);
            await context.AppendAsync(3);
        }),
        ["clean-stop"] = new(s_config, static async context =>
        {
            await context.CreateAsync();
            await context.AppendAsync(15);
            await context.CloseAsync();
        }),
        ["producers"] = new(s_config with { SegmentBytesMax = 700 }, static async context =>
        {
            // Several producers over rolls, a checkpoint, and a transaction that begins before and ends behind them.
            await context.CreateAsync();
            await context.PutAsAsync(7, isTransactional: true, ("k", "aborted"));
            for (var i = 0; i < 18 && context.IsAlive; i++)
            {
                await context.PutAsAsync(i % 3, isTransactional: false, ("k", $"{i}"));
                if (i == 8)
                    await context.WaitAndSettleAsync(3_100);
            }

            await context.EndTransactionAsync(7, isCommit: false);
            await context.PutAsAsync(1, isTransactional: false, ("k", "last"));
        }),
        ["retention"] = new(s_retained, static async context =>
        {
            await FillAsync(context);
            context.BeginCuts();
            await context.WaitAndSettleAsync(RetentionCheckMs);
            await context.PutAsync(("k", "later"));
        }),
        ["retention-later"] = new(s_retained with { FileDeleteDelayMs = 5_000 }, static async context =>
        {
            // What left the log waits for its deletion, and more follows.
            await FillAsync(context);
            await context.WaitAndSettleAsync(RetentionCheckMs);
            context.BeginCuts();
            await context.RollAsync();
            await context.WaitAndSettleAsync(RetentionCheckMs);
            await context.WaitAndSettleAsync(RetentionCheckMs);
        }),
        ["compact"] = new(s_compacted, static async context =>
        {
            // Several segments become one.
            await FillAsync(context);
            context.Configure(s_compacted with { SegmentBytesMax = 4_000 });
            await context.WaitAndSettleAsync(CompactionMs);
        }),
        ["compact-groups"] = new(s_compacted, static async context =>
        {
            // Several groups of segments take the place of the old ones, one after the other.
            await FillAsync(context);
            context.BeginCuts();
            await context.WaitAndSettleAsync(CompactionMs);
        }),
        ["compact-again"] = new(s_compacted, static async context =>
        {
            // What was compacted is compacted with what came later; tombstones and the marker go. Old files wait for their deletion.
            context.Configure(s_compacted with { FileDeleteDelayMs = 5_000 });
            await FillAsync(context);
            await context.WaitAndSettleAsync(CompactionMs);
            context.BeginCuts();
            await context.PutAsync(("a", "new"), ("k5", null));
            await context.RollAsync();
            context.Configure(s_compacted with { FileDeleteDelayMs = 5_000, SegmentBytesMax = 4_000 });
            await context.WaitAndSettleAsync(CompactionMs);
            await context.WaitAndSettleAsync(CompactionMs);
        }),
        ["compact-and-delete"] = new(s_compacted, static async context =>
        {
            // The topic goes in the middle of its compaction.
            await FillAsync(context);
            context.BeginCuts();
            context.Wait(CompactionMs);
            await ScenarioContext.StepAsync(12);
            await context.DeleteAsync();
        }),
        ["compacted-no-more"] = new(s_compacted, static async context =>
        {
            await FillAsync(context);
            await context.WaitAndSettleAsync(CompactionMs);
            context.BeginCuts();
            context.Configure(s_config);
            await context.PutAsync(("a", "unlimited"), ("a", "again"));
            await context.WaitAndSettleAsync(3_100);
        }),
    };

    // The cleaner's backoff, and a bit.
    private const int CompactionMs = 15_100;

    private const int RetentionCheckMs = 7_100;

    // Seven segments or so: values that others supersede, tombstones, an aborted and a committed transaction.
    private static async Task FillAsync(ScenarioContext context)
    {
        await context.CreateAsync();
        for (var i = 0; i < 6; i++)
            await context.PutAsync(("a", $"{i}"), ($"k{i}", $"{i}"));
        await context.PutInTransactionAsync(7, isCommit: false, ("a", "aborted"), ("k9", "aborted"));
        await context.PutInTransactionAsync(8, isCommit: true, ("k2", "committed"), ("k3", null));
        await context.PutAsync(("k1", null));
        await context.RollAsync();
    }
}
