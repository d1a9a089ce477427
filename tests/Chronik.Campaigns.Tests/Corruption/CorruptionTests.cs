using Chronik.Campaigns.Corruption;

namespace Chronik.Campaigns.Tests.Corruption;

/// <summary>A slice of the campaign <c>corruption</c>.</summary>
public sealed class CorruptionTests
{
    [Fact]
    public async Task Damage_is_found_or_harmless_and_takes_nothing_else_along()
    {
        const int First = 500_000;
        const int Cases = 1500;
        var tally = await CorruptionCampaign.RunAsync(First, Cases, threads: 2, TextWriter.Null, TestContext.Current.CancellationToken);
        Assert.Empty(tally.Wrong.Select(static wrong => wrong.Text));
        Assert.Equal(Cases, tally.Cases);
        Assert.InRange(tally.WithDamagedRecords, Cases / 3, Cases);
        Assert.InRange(tally.Answered, Cases / 3, Cases);
    }

    [Fact]
    public async Task A_damaged_catalog_shows_all_or_is_refused()
    {
        const int First = 500_000;
        const int Cases = 60;
        var tally = await CatalogCorruption.RunAsync(First, Cases, hasSums: true, TextWriter.Null, TestContext.Current.CancellationToken);
        Assert.Empty(tally.Wrong);
        Assert.Equal(Cases, tally.Whole + tally.Refused + tally.LostEnd);
        Assert.InRange(tally.Refused, Cases / 4, Cases);
    }

    [Fact]
    public async Task A_damaged_catalog_without_its_sums_shows_what_never_was()
    {
        const int First = 500_000;
        const int Cases = 60;
        var tally = await CatalogCorruption.RunAsync(First, Cases, hasSums: false, TextWriter.Null, TestContext.Current.CancellationToken);
        Assert.InRange(tally.Wrong.Count(static text => text.Contains("the catalog shows what never was", StringComparison.Ordinal)), 5, Cases);
    }

    [Fact]
    public void An_image_that_nobody_touched_passes_in_each_of_its_endings()
    {
        foreach (var ending in Enum.GetValues<ImageEnding>())
        {
            var image = StoreImages.Make(1, ending);
            using var examined = new CorruptionCase(image, new Mutation("none", "nothing", image.Files, []), new Random(1));
            var outcome = examined.Run();
            Assert.Empty(outcome.Wrong);
            Assert.Equal((0, false, false), (outcome.AffectedBatches, outcome.WasAnswered, outcome.WasVerified));
        }
    }

    [Fact]
    public void A_batch_that_is_served_changed_is_seen()
    {
        // Its checksum is right and its offsets fit, so that only the comparison with what was acknowledged can see it.
        var image = StoreImages.Make(1, ImageEnding.Closed);
        var batch = image.Partitions[0].Batches.First(static batch => batch is { ProducerId: < 0, IsControl: false });
        var files = new Dictionary<string, byte[]>(image.Files, StringComparer.Ordinal);
        var bytes = (byte[])files[batch.File].Clone();
        bytes[batch.End - 1] ^= 1;
        Records.RecordBatchHeader.RenewCrc(bytes.AsSpan(batch.Position, batch.Bytes.Length));
        files[batch.File] = bytes;
        using var examined = new CorruptionCase(image, new Mutation("forged", "a record was changed with its checksum", files, [batch.File]), new Random(1));
        var outcome = examined.Run();
        Assert.Contains(outcome.Wrong, static text => text.Contains("wrong bytes", StringComparison.Ordinal));
    }
}
