using Chronik.Broker;
using Chronik.Broker.Network;
using Chronik.Server.Options;

namespace Chronik.Server.Tests.Options;

/// <summary>What the broker is started with.</summary>
public sealed class BrokerOptionsTests
{
    [Fact]
    public void Without_settings_the_broker_has_its_own_defaults()
    {
        var options = Build("", "HOME=/home/user", "", out var problems)!;
        Assert.Empty(problems);
        Assert.Equal(
            new BrokerOptions() with { DataDirectory = options.DataDirectory, Listeners = options.Listeners, LogSettings = options.LogSettings },
            options);
        Assert.Equal([new ListenerOptions("localhost", 9092)], options.Listeners);
        Assert.Empty(options.LogSettings);
    }

    [Theory]
    [InlineData("localhost:9092", "localhost", 9092)]
    [InlineData("127.0.0.1:0", "127.0.0.1", 0)]
    [InlineData("[::1]:1234", "::1", 1234)]
    [InlineData("::1", "::1", 9092)]
    [InlineData("PLAINTEXT://localhost:19092", "localhost", 19092)]
    public void Loopback_addresses_need_no_permission(string listen, string host, int port)
    {
        var options = Build("", "", $"--listen {listen}", out _)!;
        Assert.Equal([new ListenerOptions(host, port)], options.Listeners);
    }

    [Theory]
    [InlineData("0.0.0.0:9092")]
    [InlineData("*:9092")]
    [InlineData(":9092")]
    [InlineData("[::]:9092")]
    [InlineData("192.168.1.5:9092")]
    [InlineData("kafka.example.org:9092")]
    public void Other_addresses_need_insecure(string listen)
    {
        Assert.Null(Build("", "", $"--listen {listen}", out var problems));
        Assert.Equal([$"listeners names '{listen}' (--listen), which other machines reach without TLS: write localhost:9092, or add --insecure to allow it."], problems);
        Assert.NotNull(Build("", "", $"--listen {listen}|--insecure", out _));
    }

    [Theory]
    [InlineData("--listen localhost:port", "listeners names 'localhost:port' (--listen), whose port 'port' is not a number from 0 to 65535: write for example localhost:9092.")]
    [InlineData("--listen localhost:70000", "listeners names 'localhost:70000' (--listen), whose port '70000' is not a number from 0 to 65535: write for example localhost:9092.")]
    [InlineData("--listen http://localhost:9092/x", "listeners names 'http://localhost:9092/x' (--listen), whose port '9092/x' is not a number from 0 to 65535: write for example localhost:9092.")]
    [InlineData("--listen SSL://localhost:9093", "listeners names 'SSL://localhost:9093' (--listen), but this version does not serve SSL: write PLAINTEXT://localhost:9092.")]
    [InlineData("--advertise 0.0.0.0:9092", "advertised.listeners names '0.0.0.0:9092' (--advertise), which no client can connect to: write a name or address that clients reach, for example --advertise kafka.example.org:9092.")]
    [InlineData("--data-dir /a,/b", "log.dirs is '/a,/b' (--data-dir), but Chronik keeps its data in one folder: name one.")]
    public void Every_wrong_address_gets_one_sentence_that_helps(string options, string sentence)
    {
        Assert.Null(Build("", "", options, out var problems));
        Assert.Equal([sentence], problems);
    }

    [Theory]
    [InlineData("localhost", "localhost", 0)]
    [InlineData("kafka.example.org:19092", "kafka.example.org", 19092)]
    [InlineData("[fe80::1]:9092", "fe80::1", 9092)]
    public void What_is_advertised_holds_for_every_listener(string advertise, string host, int port)
    {
        var options = Build("", "", $"--listen localhost:1|--listen localhost:2|--advertise {advertise}", out _)!;
        Assert.All(options.Listeners, listener => Assert.Equal(new AdvertisedEndpoint(host, port), listener.Advertise));
    }

    [Fact]
    public void Kafkas_own_server_properties_is_accepted_as_it_is()
    {
        const string file = """
            process.roles=broker,controller|node.id=1|controller.quorum.bootstrap.servers=localhost:9093|listeners=PLAINTEXT://:9092,CONTROLLER://:9093
            |inter.broker.listener.name=PLAINTEXT|advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093|controller.listener.names=CONTROLLER
            |listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
            |num.network.threads=3|num.io.threads=8|socket.send.buffer.bytes=102400|socket.receive.buffer.bytes=102400|socket.request.max.bytes=104857600
            |log.dirs=/tmp/kraft-combined-logs|num.partitions=1|num.recovery.threads.per.data.dir=1|offsets.topic.replication.factor=1
            |share.coordinator.state.topic.replication.factor=1|share.coordinator.state.topic.min.isr=1|transaction.state.log.replication.factor=1
            |transaction.state.log.min.isr=1|log.retention.hours=168|log.segment.bytes=1073741824|log.retention.check.interval.ms=300000
            """;
        var options = Build(file.Replace("\n", "", StringComparison.Ordinal), "", "--insecure", out var problems);
        Assert.Empty(problems);
        Assert.Equal([new ListenerOptions("", 9092) { Advertise = new AdvertisedEndpoint("localhost", 9092) }], options!.Listeners);
        Assert.Equal("/tmp/kraft-combined-logs", options.DataDirectory);
        Assert.Equal("168", options.LogSettings["log.retention.hours"]);
    }

    [Fact]
    public void How_often_the_log_is_looked_after_is_a_setting()
    {
        var options = Build("log.flush.offset.checkpoint.interval.ms=7|log.retention.check.interval.ms=9", "", "", out var problems)!;
        Assert.Empty(problems);
        Assert.Equal((7L, 9L), (options.CheckpointIntervalMs, options.RetentionCheckIntervalMs));
    }

    [Theory]
    [InlineData("XDG_STATE_HOME=/state|HOME=/home/user", "/state/chronik")]
    [InlineData("HOME=/home/user", "/home/user/.local/state/chronik")]
    public void Data_lies_in_the_users_state_folder_when_nobody_said_where(string environment, string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The place is another one on other systems.");
        Assert.Equal(folder, Build("", environment, "", out _)!.DataDirectory);
    }

    private static BrokerOptions? Build(string file, string environment, string options, out List<string> problems) =>
        BrokerOptionsBuilder.Build(Sources.Load(file, environment, options), Sources.Environment(environment), out problems);
}
