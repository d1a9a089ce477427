using System.Globalization;
using Chronik.TestKit;

namespace Chronik.Protocol.Tests;

/// <summary>Kafka's own codec writes samples of each message in each version; reading and writing them must change nothing.</summary>
public sealed class OracleSamplesTests(Oracle oracle)
{
    private const int SeedCount = 50;

    public static TheoryData<ApiKey> Apis => [.. ApiKeys.All.Select(api => api.Key)];

    [Theory]
    [MemberData(nameof(Apis))]
    public void Each_sample_is_written_back_as_it_was_read(ApiKey key)
    {
        var samples = Samples(ApiKeys.Get(key)).ToList();
        var answers = oracle.AskMany([.. samples.Select(sample => sample.Command)]);
        for (int i = 0; i < samples.Count; i++)
        {
            string? hex = answers[i].GetProperty("hex").GetString();
            var (command, side, version) = samples[i];
            try
            {
                var codec = MessageCodec.Of(key, side);
                object message = codec.Read(Convert.FromHexString(hex!), version);
                string again = Convert.ToHexStringLower(codec.Write(message, version));
                Assert.True(hex == again, $"{command}:\n{hex}\n{again}");
            }
            catch (Exception e) when (e is ProtocolException or UnsupportedVersionException)
            {
                Assert.Fail($"{command}: {e.Message}\n{hex}\n{answers[i].GetProperty("json").GetRawText()}");
            }
        }
    }

    private static IEnumerable<(string Command, string Side, short Version)> Samples(ApiDescription api)
    {
        for (short version = api.LowestVersion; version <= api.HighestVersion; version++)
        {
            foreach (string side in new[] { "request", "response" })
            {
                for (int seed = 0; seed < SeedCount; seed++)
                {
                    string command = string.Create(CultureInfo.InvariantCulture, $"sample {side} {(short)api.Key} {version} {seed}");
                    yield return (command, side, version);
                    if (api.IsFlexible(version))
                        yield return (command + " tags", side, version);
                }
            }
        }
    }
}
