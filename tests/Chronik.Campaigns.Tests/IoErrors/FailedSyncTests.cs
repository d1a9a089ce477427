using System.Text;
using Chronik.Campaigns.RealBroker;
using Chronik.Client;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
using Chronik.TestKit;

namespace Chronik.Campaigns.Tests.IoErrors;

/// <summary>
/// .NET's own flush calls report success when the kernel's fsync failed. Here the kernel's fsync does fail, below the real program:
/// whoever brings those calls back sees these tests fail.
/// </summary>
public sealed class FailedSyncTests : IAsyncLifetime
{
    private const int Partitions = 6;
    private const short LastVersionWithTopicNames = 12;
    private const string SyncsOfFiles = "fdatasync,fsync";
    private const string SyncOfFileSystem = "syncfs";

    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Take();
    private BrokerProcess? _broker;
    private KafkaClient? _client;

    private KafkaClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        if (await Strace.MissingAsync() is { } missing)
            Assert.Skip($"Failing syncs: {missing}.");
        _broker = BrokerProcess.Start(_folder.PathOf("data"), _port, []);
        Assert.True(await _broker.ServesAsync(s_bound), _broker.Log);
        _client = new KafkaClient(new KafkaClientOptions { BootstrapServers = $"127.0.0.1:{_port}" });
        Assert.Equal(ErrorCode.None, await CreateAsync("topic"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
            await _client.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_record_whose_sync_failed_is_not_acknowledged_and_the_partition_comes_back_by_itself()
    {
        Assert.Equal(ErrorCode.None, (await ProduceAsync(1, "before"))[0]);
        await WithFailingSyncsAsync(async () =>
        {
            Assert.Equal([ErrorCode.KafkaStorageError], await ProduceAsync(1, "one"));
            Assert.All(await ProduceAsync(Partitions, "many"), error => Assert.Equal(ErrorCode.KafkaStorageError, error));
            Assert.Equal(["before"], await ReadAsync(0));
        });
        await Eventually.True(async () => (await ProduceAsync(Partitions, "after")).TrueForAll(error => error == ErrorCode.None), s_bound);
        Assert.Equal("before", (await ReadAsync(0))[0]);
        for (var partition = 0; partition < Partitions; partition++)
            Assert.Contains("after", await ReadAsync(partition));
    }

    [Fact]
    public async Task A_record_is_acknowledged_where_only_the_sync_of_the_whole_file_system_failed_and_the_files_own_syncs_did_not()
    {
        // Which of the two ways is taken depends on how long each took lately: where those of single files are slow, soon the other is.
        (string, string)[] faults = [(SyncOfFileSystem, "error=EIO"), (SyncsOfFiles, "delay_enter=200000")];
        var written = 0;
        await WithFaultsAsync(faults, async trace => await Eventually.True(async () =>
        {
            Assert.All(await ProduceAsync(Partitions, $"{written++}"), error => Assert.Equal(ErrorCode.None, error));
            return HasFailedCall(trace);
        }, s_bound));
        for (var partition = 0; partition < Partitions; partition++)
            Assert.Equal(Enumerable.Range(0, written).Select(value => $"{value}"), await ReadAsync(partition));
    }

    [Fact]
    public async Task A_topic_whose_names_or_rows_are_not_durable_is_not_created()
    {
        await WithFailingSyncsAsync(async () =>
            Assert.Equal(ErrorCode.KafkaStorageError, await CreateAsync("other")));
        await Eventually.True(async () => await CreateAsync("other") is ErrorCode.None or ErrorCode.TopicAlreadyExists, s_bound);
    }

    private Task WithFailingSyncsAsync(Func<Task> test) =>
        WithFaultsAsync([($"{SyncsOfFiles},{SyncOfFileSystem}", "error=EIO")], async trace =>
        {
            await test();
            Assert.True(HasFailedCall(trace));
        });

    private async Task WithFaultsAsync((string Calls, string Fault)[] faults, Func<string, Task> test)
    {
        var trace = _folder.PathOf("trace");
        var tracer = await Strace.AttachAsync(_broker!.Id, trace, faults);
        try
        {
            await test(trace);
        }
        finally
        {
            await Strace.EndAsync(tracer);
        }
    }

    // What strace slowed down is marked INJECTED too, and DELAYED.
    private static bool HasFailedCall(string trace) =>
        File.ReadLines(trace).Any(static line => line.Contains("EIO", StringComparison.Ordinal) && line.Contains("(INJECTED)", StringComparison.Ordinal));

    private async Task<ErrorCode> CreateAsync(string topic)
    {
        var request = new CreateTopicsRequest { Topics = { new() { Name = topic, NumPartitions = Partitions, ReplicationFactor = 1 } } };
        return (await Client.SendAsync(request)).Topics[0].ErrorCode;
    }

    // One record into each of the first partitions, with acks=all, in one request.
    private async Task<List<ErrorCode>> ProduceAsync(int partitions, string value)
    {
        using var builder = new RecordBatchBuilder(100);
        builder.Add(0, key: null, Encoding.UTF8.GetBytes(value), []);
        using var batch = builder.Build();
        var request = new ProduceRequest { Acks = -1, TimeoutMs = 30_000, TopicData = { new() { Name = "topic" } } };
        for (var partition = 0; partition < partitions; partition++)
            request.TopicData[0].PartitionData.Add(new() { Index = partition, Records = new RecordData(batch.Memory) });
        var leader = await Client.GetLeaderAsync(new TopicPartition("topic", 0));
        var response = await Client.SendToBrokerAsync(leader, request, new SendOptions { HighestVersion = LastVersionWithTopicNames });
        return response.Responses[0].PartitionResponses.ConvertAll(answer => answer.ErrorCode);
    }

    private async Task<List<string>> ReadAsync(int partition)
    {
        var end = (await Client.ListOffsetsAsync(new Dictionary<TopicPartition, StartAt> { [new("topic", partition)] = StartAt.End })).Values.Single();
        await using var consumer = new Consumer(Client);
        await consumer.AssignTopicAsync("topic", StartAt.Beginning, [partition]);
        var values = new List<string>();
        while (consumer.Positions.Values.Single() < end)
            values.AddRange((await consumer.PollAsync(TimeSpan.FromSeconds(1))).Select(record => Encoding.UTF8.GetString(record.Value!.Value.Span)));
        return values;
    }
}
