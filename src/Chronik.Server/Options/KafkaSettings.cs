namespace Chronik.Server.Options;

/// <summary>The names of settings that Apache Kafka has or had: they are tolerated where Chronik has no use for them.</summary>
internal static class KafkaSettings
{
    private static readonly string[] Prefixes = ["listener.name.", "config.providers.", "confluent.", "zookeeper.", "remote.log.", "quota."];
    private static readonly Lazy<IReadOnlySet<string>> Known = new(Read);

    public static IReadOnlySet<string> Names => Known.Value;

    public static bool Has(string name) =>
        Names.Contains(name) || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static HashSet<string> Read()
    {
        using var stream = typeof(KafkaSettings).Assembly.GetManifestResourceStream("KafkaSettingNames.txt")!;
        using var reader = new StreamReader(stream);
        return new HashSet<string>(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
    }
}
