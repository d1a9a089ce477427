using System.Text.Json;
using Chronik.Client;
using Chronik.TestKit;

namespace Chronik.Server.Tests.Commands;

/// <summary>The commands against a running server.</summary>
public sealed class EndToEndTests
{
    [Fact]
    public async Task Topics_are_created_listed_described_and_deleted()
    {
        await using var server = await ServerProcess.StartAsync();
        var cli = new Session(server);
        Assert.Equal((0, "Topic orders: created.\n"), await cli.OutputAsync("topic create orders -p 3 --config retention.ms=60000"));
        Assert.Equal((1, "Topic orders exists already: give another name, or add --if-missing.\n"), await cli.ErrorAsync("topic create orders"));
        Assert.Equal((0, "Topic orders: exists.\n"), await cli.OutputAsync("topic create orders --if-missing"));

        var listed = Assert.Single((await cli.JsonAsync("topic list")).EnumerateArray());
        Assert.Equal(("orders", 3, 1), (listed.GetProperty("name").GetString(), listed.GetProperty("partitions").GetInt32(), listed.GetProperty("replicas").GetInt32()));

        var described = await cli.JsonAsync("topic describe orders");
        Assert.Equal(listed.GetProperty("id").GetString(), described.GetProperty("id").GetString());
        Assert.Equal(3, described.GetProperty("partitions").GetArrayLength());
        Assert.Equal("retention.ms", described.GetProperty("configs")[0].GetProperty("name").GetString());
        Assert.Contains("retention.ms", (await cli.OutputAsync("topic describe orders")).Text, StringComparison.Ordinal);

        Assert.Equal((0, "Topic orders: deleted.\n"), await cli.OutputAsync("topic delete orders"));
        Assert.Equal((1, "There is no topic orders: `chronik-server topic list` shows those there are.\n"), await cli.ErrorAsync("topic delete orders"));
        Assert.Equal((1, "Topic orders: there is none of this name; `chronik-server topic list` shows those there are.\n"), await cli.ErrorAsync("topic describe orders"));
    }

    [Fact]
    public async Task Records_go_in_as_lines_and_come_out_in_order()
    {
        await using var server = await ServerProcess.StartAsync();
        var cli = new Session(server);
        Assert.Equal((0, "lines-0: 3 records at offsets 0 to 2\n"), await cli.OutputAsync("produce lines", input: "one\ntwo\nthree\n"));
        Assert.Equal((0, "lines-0: 1 record at offset 3\n"), await cli.OutputAsync("produce lines four"));
        Assert.Equal((0, "one\ntwo\nthree\nfour\n"), await cli.OutputAsync("consume lines -o value"));
        Assert.Equal((0, "one\n"), await cli.OutputAsync("consume lines -o value -n 1"));
        Assert.Equal((0, "three\nfour\n"), await cli.OutputAsync("consume lines -o value --from-offset 2"));
        Assert.Equal((0, ""), await cli.OutputAsync("consume lines -o value --from-end"));
        Assert.Equal((0, "one\ntwo\nthree\nfour\n"), await cli.OutputAsync("consume lines -o value --from-time 1h"));
    }

    [Fact]
    public async Task Keys_headers_partitions_and_bytes_survive_the_way_through_JSON()
    {
        await using var server = await ServerProcess.StartAsync();
        var cli = new Session(server);
        await cli.OutputAsync("topic create from -p 2");
        await cli.OutputAsync("topic create to -p 2");
        await cli.OutputAsync("produce from -K : -H source=shop -H empty= -p 1 -z gzip", input: "k1:v1\nk2:v2\n");
        await cli.OutputAsync("produce from --null --key gone -p 0");

        var (_, lines) = await cli.OutputAsync("consume from -o json");
        var records = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(3, records.Count);
        var first = records.Single(record => record.GetProperty("key").GetString() == "k1");
        Assert.Equal((1, "v1"), (first.GetProperty("partition").GetInt32(), first.GetProperty("value").GetString()));
        Assert.Equal("shop", first.GetProperty("headers")[0].GetProperty("value").GetString());
        Assert.False(records.Single(record => record.GetProperty("key").GetString() == "gone").TryGetProperty("value", out _));

        await cli.OutputAsync("produce to --json", input: lines.Replace("\"v2\"", "null,\"valueBase64\":\"/wA=\"", StringComparison.Ordinal));
        var (_, copied) = await cli.OutputAsync("consume to -o json -p 1");
        Assert.Contains("\"valueBase64\":\"/wA=\"", copied, StringComparison.Ordinal);
        Assert.Contains("\"value\":\"v1\"", copied, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_reads_each_record_once_and_is_listed_described_explained_reset_and_deleted()
    {
        await using var server = await ServerProcess.StartAsync();
        var cli = new Session(server);
        await cli.OutputAsync("produce orders", input: "one\ntwo\nthree\n");
        Assert.Equal((0, "one\ntwo\n"), await cli.OutputAsync("consume orders --group billing -n 2 -o value"));
        Assert.Equal((0, "three\n"), await cli.OutputAsync("consume orders --group billing -o value"));
        Assert.Equal((0, ""), await cli.OutputAsync("consume orders --group billing -o value"));

        var listed = Assert.Single((await cli.JsonAsync("group list")).EnumerateArray());
        Assert.Equal(("billing", "Empty"), (listed.GetProperty("group").GetString(), listed.GetProperty("state").GetString()));
        var offset = Assert.Single((await cli.JsonAsync("group describe billing")).GetProperty("offsets").EnumerateArray());
        Assert.Equal((3, 0), (offset.GetProperty("committed").GetInt64(), offset.GetProperty("lag").GetInt64()));

        var why = await cli.JsonAsync("group why billing");
        Assert.Equal("Empty", why.GetProperty("state").GetString());
        Assert.NotEqual(0, why.GetProperty("rebalances").GetArrayLength());
        Assert.StartsWith("Group billing has been ", (await cli.OutputAsync("group why billing --history")).Text, StringComparison.Ordinal);

        var before = await cli.JsonAsync("group reset billing --to-offset 1 --dry-run");
        Assert.Equal((3, 1), (before[0].GetProperty("before").GetInt64(), before[0].GetProperty("after").GetInt64()));
        Assert.Equal((0, ""), await cli.OutputAsync("consume orders --group billing -o value"));
        await cli.OutputAsync("group reset billing --topic orders --to-offset 1");
        Assert.Equal((0, "two\nthree\n"), await cli.OutputAsync("consume orders --group billing -o value"));

        Assert.Equal((0, "Group billing: deleted.\n"), await cli.OutputAsync("group delete billing"));
        Assert.Equal((1, "There is no group billing: `chronik-server group list` shows those there are.\n"), await cli.ErrorAsync("group why billing"));
    }

    [Fact]
    public async Task A_group_with_members_is_neither_reset_nor_deleted()
    {
        await using var server = await ServerProcess.StartAsync();
        var cli = new Session(server);
        await cli.OutputAsync("topic create orders -p 2");
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = server.BootstrapServers });
        await using var consumer = new Consumer(client, new ConsumerOptions { GroupId = "billing" });
        consumer.Subscribe("orders");
        while (consumer.Positions.Count < 2)
            await consumer.PollAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);

        Assert.Contains("chronik-client", (await cli.OutputAsync("group describe billing")).Text, StringComparison.Ordinal);
        Assert.Contains("1 member working", (await cli.OutputAsync("group why billing")).Text, StringComparison.Ordinal);
        const string sentence = "Group billing has members: stop them first, `chronik-server group describe billing` shows them.\n";
        Assert.Equal((1, sentence), await cli.ErrorAsync("group reset billing --topic orders --to-end"));
        Assert.Equal((1, sentence), await cli.ErrorAsync("group delete billing"));
    }

    [Fact]
    public async Task What_does_not_exist_is_told_and_not_made()
    {
        await using var server = await ServerProcess.StartAsync();
        var cli = new Session(server);
        Assert.Equal(1, (await cli.ErrorAsync("consume nothing")).ExitCode);
        Assert.Equal(0, (await cli.JsonAsync("topic list")).GetArrayLength());
    }
}
