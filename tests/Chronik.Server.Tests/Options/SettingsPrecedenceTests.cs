using Chronik.Server.Options;

namespace Chronik.Server.Tests.Options;

/// <summary>Which source wins, and what each says about its settings.</summary>
public sealed class SettingsPrecedenceTests
{
    [Theory]
    [InlineData("num.partitions", "", "", "", "1", "default")]
    [InlineData("num.partitions", "num.partitions=2", "", "", "2", "chronik.properties:1")]
    [InlineData("num.partitions", "num.partitions=2", "KAFKA_NUM_PARTITIONS=3", "", "3", "KAFKA_NUM_PARTITIONS")]
    [InlineData("num.partitions", "num.partitions=2", "KAFKA_NUM_PARTITIONS=3", "--set num.partitions=4", "4", "--set")]
    [InlineData("num.partitions", "num.partitions=2", "", "--set num.partitions=4", "4", "--set")]
    [InlineData("chronik.group.rescue.ms", "chronik.group.rescue.ms=1", "CHRONIK_GROUP_RESCUE_MS=2", "", "2", "CHRONIK_GROUP_RESCUE_MS")]
    [InlineData("log.dirs", "log.dirs=/file", "", "", "/file", "chronik.properties:1")]
    [InlineData("log.dirs", "log.dir=/alias", "", "", "/alias", "chronik.properties:1")]
    [InlineData("log.dirs", "log.dirs=/own|log.dir=/alias", "", "", "/own", "chronik.properties:1")]
    [InlineData("log.dirs", "log.dirs=/file", "KAFKA_LOG_DIRS=/kafka", "", "/kafka", "KAFKA_LOG_DIRS")]
    [InlineData("log.dirs", "log.dirs=/file", "KAFKA_LOG_DIRS=/kafka|CHRONIK_DATA_DIR=/env", "", "/env", "CHRONIK_DATA_DIR")]
    [InlineData("log.dirs", "log.dirs=/file", "CHRONIK_DATA_DIR=/env", "--data-dir /option", "/option", "--data-dir")]
    [InlineData("log.dirs", "", "", "--set log.dirs=/set|--data-dir /option", "/option", "--data-dir")]
    [InlineData("node.id", "broker.id=7", "", "", "7", "chronik.properties:1")]
    [InlineData("listeners", "listeners=localhost:1", "CHRONIK_LISTEN=localhost:2", "", "localhost:2", "CHRONIK_LISTEN")]
    [InlineData("listeners", "", "CHRONIK_LISTEN=localhost:2", "--listen localhost:3|--listen [::1]:4", "localhost:3,[::1]:4", "--listen")]
    [InlineData("advertised.listeners", "", "CHRONIK_ADVERTISE=a", "--advertise b:1", "b:1", "--advertise")]
    [InlineData("chronik.insecure", "", "CHRONIK_INSECURE=true", "", "true", "CHRONIK_INSECURE")]
    [InlineData("chronik.insecure", "", "CHRONIK_INSECURE=false", "--insecure", "true", "--insecure")]
    [InlineData("log.retention.ms", "", "KAFKA_LOG_RETENTION_MS=1000", "", "1000", "KAFKA_LOG_RETENTION_MS")]
    [InlineData("log.retention.ms", "log.retention.ms=5", "KAFKA_LOG_RETENTION_HOURS=1", "", null, "default")]
    [InlineData("log.retention.hours", "log.retention.ms=5", "KAFKA_LOG_RETENTION_HOURS=1", "", "1", "KAFKA_LOG_RETENTION_HOURS")]
    [InlineData("log.retention.ms", "log.retention.ms=5|log.retention.hours=1", "", "", "5", "chronik.properties:1")]
    public void A_later_source_wins(string name, string file, string environment, string options, string? value, string origin)
    {
        var settings = Sources.Load(file, environment, options);
        Assert.Empty(settings.Problems);
        var effective = settings.All().Single(s => s.Setting.Name == name);
        Assert.Equal(value, effective.Value);
        Assert.Equal(origin, effective.Origin);
    }

    [Fact]
    public void The_file_that_an_option_names_is_read_instead_of_the_one_in_the_folder()
    {
        var settings = SettingsLoader.Load(
            new CommandLineSettings { ConfigFile = "/etc/kafka/server.properties" },
            new Dictionary<string, string> { ["CHRONIK_CONFIG"] = "/other" },
            path => path == "/etc/kafka/server.properties" ? "num.partitions=9" : "num.partitions=8");
        Assert.Equal(9, settings.Int("num.partitions"));
        Assert.Equal("server.properties:1", settings.Given["num.partitions"].Origin);
    }

    [Fact]
    public void Settings_of_Kafka_that_have_no_effect_are_told_in_one_line()
    {
        var settings = Sources.Load("num.io.threads=8|zookeeper.connect=localhost:2181|process.roles=broker,controller", "", "");
        Assert.Empty(settings.Problems);
        Assert.Equal(["Settings of Apache Kafka that have no effect here: num.io.threads, zookeeper.connect, process.roles."], settings.Notices);
    }

    [Theory]
    [InlineData("num.partition=3", "", "", "num.partition (chronik.properties:1) is not a setting: did you mean num.partitions?")]
    [InlineData("log.retetnion.ms=3", "", "", "log.retetnion.ms (chronik.properties:1) is not a setting: did you mean log.retention.ms?")]
    [InlineData("", "", "--set Num_Partitions=3", "Num_Partitions (--set) is not a setting: did you mean num.partitions?")]
    [InlineData("", "", "--set no.such.thing=3", "no.such.thing (--set) is not a setting: `chronik-server config` lists all there are.")]
    [InlineData("", "", "--set nothing", "--set nothing names no value: write --set NAME=VALUE, for example --set log.retention.hours=24.")]
    [InlineData("num.partitions=many", "", "", "num.partitions is 'many' (chronik.properties:1), which is not a whole number of 32 bits: write for example num.partitions=1.")]
    [InlineData("", "KAFKA_NUM_PARTITIONS=0", "", "num.partitions is '0' (KAFKA_NUM_PARTITIONS), but it must be at least 1: write for example num.partitions=1.")]
    [InlineData("", "", "--set delete.topic.enable=yes", "delete.topic.enable is 'yes' (--set), which is neither true nor false: write for example delete.topic.enable=true.")]
    [InlineData("", "KAFKA_LOG_RETENTION_HOURS=week", "", "log.retention.hours is 'week' (KAFKA_LOG_RETENTION_HOURS), which is not a whole number of 32 bits: write for example log.retention.hours=168.")]
    [InlineData("compression.type=zip", "", "", "compression.type is 'zip' (chronik.properties:1), but it must be one of: uncompressed, zstd, lz4, snappy, gzip, producer: write for example compression.type=producer.")]
    [InlineData("chronik.group.rescue.ms=-1", "", "", "chronik.group.rescue.ms is '-1' (chronik.properties:1), but it must be at least 0: write for example chronik.group.rescue.ms=5000.")]
    public void Every_wrong_value_gets_one_sentence_that_helps(string file, string environment, string options, string sentence) =>
        Assert.Equal([sentence], Sources.Load(file, environment, options).Problems);

    [Fact]
    public void A_file_that_was_asked_for_must_exist() =>
        Assert.Equal(
            ["The configuration file /nowhere (--config) does not exist: name one that does, or leave --config out."],
            SettingsLoader.Load(new CommandLineSettings { ConfigFile = "/nowhere" }, new Dictionary<string, string>(), _ => null).Problems);

    [Fact]
    public void A_misspelt_variable_is_told_and_has_no_effect()
    {
        var settings = Sources.Load("", "CHRONIK_DATADIR=/x|CHRONIK_SERVICE_HOST=10.0.0.1|CHRONIK_PORT=tcp://10.0.0.1:9092", "");
        Assert.Empty(settings.Problems);
        Assert.Equal(["The environment variable CHRONIK_DATADIR is not known and has no effect: did you mean CHRONIK_DATA_DIR?"], settings.Notices);
    }

    [Fact]
    public void Variables_that_configure_Kafkas_own_scripts_are_left_alone()
    {
        var settings = Sources.Load("", "KAFKA_HEAP_OPTS=-Xmx1g|KAFKA_OPTS=x|KAFKA_JMX_PORT=1", "");
        Assert.Empty(settings.Problems);
        Assert.Empty(settings.Notices);
    }
}
