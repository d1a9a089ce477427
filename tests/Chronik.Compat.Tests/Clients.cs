using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>The clients that tests/compat/prepare fetched, and how each is started.</summary>
public static class Clients
{
    private static readonly string[] Scripts = ["tests", "compat"];

    /// <summary>Every client that speaks the newest versions it knows.</summary>
    public static IReadOnlyList<CompatClient> All { get; } =
    [
        new("java") { Command = Java },
        new("librdkafka") { Command = () => Python("confluent-kafka", "confluent_client.py"), Environment = Packages("confluent-kafka") },
        new("librdkafka of Debian") { Command = () => DebianPython("python3-confluent-kafka", "confluent_kafka", "confluent_client.py") },
        new("Confluent.Kafka for .NET") { Command = Dotnet, Environment = new Dictionary<string, string?> { ["CHRONIK_LIBRDKAFKA"] = Librdkafka } },
        // Its output shows no difference between a header without a value and one that says NULL.
        new("kcat") { Command = Kcat, SetsTimestamps = false, SetsNullHeaders = false },
        new("aiokafka") { Command = () => Python("aiokafka", "aiokafka_client.py"), Environment = Packages("aiokafka") },
        KafkaPython("2.0.2"),
        KafkaPython("2.0.6"),
        KafkaPython("2.3.3"),
        KafkaPython("3.0.12"),
        // Debian's 2.0.2 is of before zstd.
        new("kafka-python of Debian")
        {
            Command = () => DebianPython("python3-kafka", "kafka", "kafka_python_client.py"),
            Writes = ["none", "gzip", "snappy", "lz4"],
            Reads = ["none", "gzip", "snappy", "lz4"],
            SetsNullHeaders = false,
        },
        new("KafkaJS")
        {
            Command = () => JavaScript("kafkajs", "kafkajs_client.js"),
            Environment = JavaScriptPackages,
            Writes = ["none", "gzip"],
            Reads = ["none", "gzip"],
            SetsNullHeaders = false,
        },
        // It reads snappy without the framing that Java's snappy has, and zstd only on newer Node.js.
        new("@platformatic/kafka")
        {
            Command = () => JavaScript("@platformatic/kafka", "platformatic_client.mjs"),
            Environment = JavaScriptPackages,
            Writes = ["none", "gzip", "snappy", "lz4"],
            Reads = ["none", "gzip", "lz4"],
            SetsNullHeaders = false,
        },
    ];

    private static Dictionary<string, string?> JavaScriptPackages => new() { ["CHRONIK_COMPAT_PACKAGES"] = Fetched("javascript") };

    private static string Librdkafka => Path.Combine(SharedFolder.Root, "peers", "librdkafka", "librdkafka.so.1");

    public static CompatClient KafkaPython(string version) => new($"kafka-python {version}")
    {
        Command = () => Python($"kafka-python-{version}", "kafka_python_client.py"),
        Environment = Packages($"kafka-python-{version}"),
        SetsNullHeaders = false,
    };

    /// <summary>Runs one of the Python scripts with the packages of a client ("" for Debian's own) and returns what it printed.</summary>
    public static async Task<CommandResult> RunScriptAsync(
        string packages,
        string script,
        IEnumerable<string> arguments,
        TimeSpan? timeout = null)
    {
        var (program, first) = packages.Length == 0 ? DebianPython("python3-kafka", "kafka", script) : Python(packages, script);
        var environment = packages.Length == 0 ? null : Packages(packages);
        var result = await CommandRunner.RunAsync(program, [.. first, .. arguments], timeout: timeout, environment: environment);
        return result.Succeeded();
    }

    public static Dictionary<string, string?> Packages(string folder) => new() { ["PYTHONPATH"] = Fetched("python", folder) };

    public static (string Program, string[] Arguments) Python(string folder, string script)
    {
        Need(Path.Combine(Fetched("python", folder), ".done"), $"The Python packages of {folder} are not fetched");
        return (Fetched("venv", "bin", "python"), [Script("python", script)]);
    }

    public static (string Program, string[] Arguments) DebianPython(string package, string module, string script)
    {
        Need($"/usr/lib/python3/dist-packages/{module}", $"Debian's package {package} is not installed");
        return ("/usr/bin/python3", [Script("python", script)]);
    }

    private static (string Program, string[] Arguments) Kcat()
    {
        Need("/usr/bin/kcat", "Debian's package kcat is not installed");
        return ("/usr/bin/python3", [Script("python", "kcat_client.py")]);
    }

    private static (string Program, string[] Arguments) JavaScript(string package, string script)
    {
        Need(Fetched("javascript", "node_modules", package), $"The npm package {package} is not fetched");
        return ("node", [Script("javascript", script)]);
    }

    private static (string Program, string[] Arguments) Java()
    {
        Need(Fetched("java", "JavaClient.class"), "The Java client is not compiled");
        var classes = $"{Fetched("java")}:{SharedFolder.PathOf("peers", "kafka", "libs")}/*";
        return ("java", ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classes, "JavaClient"]);
    }

    private static (string Program, string[] Arguments) Dotnet()
    {
        SharedFolder.PathOf("peers", "librdkafka", "librdkafka.so.1");
        var program = Path.Combine(Repository.OutputOf("Chronik.Compat.DotnetClient"), "dotnet-client");
        Need(program, "The .NET client is not built");
        return (program, []);
    }

    private static string Fetched(params string[] parts) => Repository.PathOf(["artifacts", "compat", .. parts]);

    private static string Script(params string[] parts) => Repository.PathOf([.. Scripts, .. parts]);

    private static void Need(string path, string otherwise)
    {
        if (!Path.Exists(path))
            SharedFolder.Missing($"{otherwise}; tests/compat/prepare says why.");
    }
}
