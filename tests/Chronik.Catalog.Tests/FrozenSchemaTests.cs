using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Chronik.Protocol;

namespace Chronik.Catalog.Tests;

/// <summary>What is on users' disks is frozen: old files open, and released schema steps never change.</summary>
public sealed class FrozenSchemaTests : IDisposable
{
    private readonly CatalogFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task The_database_of_schema_1_opens_with_all_of_its_rows()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "TestData", "catalog-schema-1.db"), _file.Path);

        var snapshot = await _file.ReadAsync();

        Assert.Equal("AQIDBAUGBwgJCgsMDQ4PEA", snapshot.ClusterId);
        Assert.Equal([new TopicRow(Id(1), "orders", 12), new TopicRow(Id(2), "payments", 1)], snapshot.Topics);
        Assert.Equal(new TopicRow(Id(3), "gone", 2), Assert.Single(snapshot.DeletedTopics));
        Assert.Equal(
            [
                new ConfigRow(new ConfigResource(2, "orders"), "retention.ms", "86400000"),
                new ConfigRow(new ConfigResource(32, "billing"), "chronik.group.rescue.ms", "3000"),
            ],
            snapshot.Configs);
        var group = Assert.Single(snapshot.Groups);
        Assert.Equal(("billing", GroupKind.Classic, "0001FF"), (group.GroupId, group.Kind, Convert.ToHexString(group.State.Span)));
        Assert.Equal(
            [
                new CommittedOffsetRow("billing", "orders", 0, 1_000_000_000_000, 3, "at noon", 1_700_000_000_000, -1),
                new CommittedOffsetRow("billing", "orders", 11, 7, -1, null, 1_700_000_000_001, 1_700_000_600_000),
            ],
            snapshot.Offsets);
        Assert.Equal(5000, snapshot.NextProducerId);
    }

    [Theory]
    [InlineData(1, "95879A0A15DEC546")]
    public void A_released_schema_step_never_changes(int version, string sha256)
    {
        var text = SqlScript.Migrations().Single(m => m.Version == version).Text;

        Assert.Equal(sha256, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]);
    }

    [Fact]
    public void Schema_steps_are_numbered_without_a_gap()
    {
        var versions = SqlScript.Migrations().Select(m => m.Version).ToArray();

        Assert.Equal(Enumerable.Range(1, versions.Length), versions);
    }

    private static TopicId Id(int n) =>
        new(Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{n:D12}")));
}
