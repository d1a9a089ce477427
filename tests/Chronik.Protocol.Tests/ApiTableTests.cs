using System.Text.Json;
using Chronik.TestKit;

namespace Chronik.Protocol.Tests;

public sealed class ApiTableTests(Oracle oracle)
{
    [Fact]
    public void The_table_has_each_request_that_brokers_serve_in_all_its_versions()
    {
        var expected = oracle.AskOk("apis").GetProperty("apis").EnumerateArray()
            .Where(IsServedByBrokers)
            .Select(api => $"{api.GetProperty("key").GetInt32()} {api.GetProperty("name").GetString()} {LowestEver(api)}-{api.GetProperty("oracleMax").GetInt32()} {FlexibleFrom(api)}");
        var actual = ApiKeys.All
            .Select(api => $"{(short)api.Key} {api.Name} {api.LowestVersion}-{api.HighestVersion} {(api.FirstFlexibleVersion == short.MaxValue ? "none" : api.FirstFlexibleVersion)}");
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Header_versions_are_those_of_Kafka()
    {
        var versions = ApiKeys.All.SelectMany(api => Enumerable.Range(api.LowestVersion, api.HighestVersion - api.LowestVersion + 1).Select(version => (api, version: (short)version))).ToList();
        var requests = oracle.AskMany([.. versions.Select(v => $"header request {(short)v.api.Key} {v.version}")]);
        var responses = oracle.AskMany([.. versions.Select(v => $"header response {(short)v.api.Key} {v.version}")]);
        for (int i = 0; i < versions.Count; i++)
        {
            var (api, version) = versions[i];
            Assert.Equal(requests[i].GetProperty("headerVersion").GetInt32(), api.RequestHeaderVersion(version));
            Assert.Equal(responses[i].GetProperty("headerVersion").GetInt32(), api.ResponseHeaderVersion(version));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    [InlineData(52)]
    [InlineData(95)]
    [InlineData(short.MaxValue)]
    [InlineData(short.MinValue)]
    public void A_key_without_a_schema_is_not_found(short key) => Assert.False(ApiKeys.TryGet(key, out _));

    private static bool IsServedByBrokers(JsonElement api) =>
        api.GetProperty("listeners").EnumerateArray().Any(listener => listener.GetString() == "broker");

    /// <summary>Version 0 of the share group's requests was Kafka 3.9's early access (KIP-932): no release serves it.</summary>
    private static int LowestEver(JsonElement api) =>
        api.GetProperty("key").GetInt32() is >= 76 and <= 79 ? api.GetProperty("min").GetInt32() : api.GetProperty("oracleMin").GetInt32();

    private static string FlexibleFrom(JsonElement api) =>
        api.GetProperty("requestFlexibleFrom").GetInt32() is var version and >= 0 and < short.MaxValue ? $"{version}" : "none";
}
