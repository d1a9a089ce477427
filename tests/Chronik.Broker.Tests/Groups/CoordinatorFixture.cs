using Chronik.Broker.Groups;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Offsets;
using Chronik.Protocol;
using Chronik.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Broker.Tests.Groups;

/// <summary>A group coordinator on a fake clock and a fake catalog.</summary>
internal sealed class CoordinatorFixture : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public FakeTimeProvider Time { get; } = new();

    public FakeCatalog Catalog { get; init; } = new();

    public Dictionary<string, int> Topics { get; } = new(StringComparer.Ordinal) { ["t"] = 3, ["u"] = 1 };

    /// <summary>Identities of topics that were made again; the others all have the same.</summary>
    public Dictionary<string, TopicId> TopicIds { get; } = new(StringComparer.Ordinal);

    public GroupOptions Options { get; set; } = GroupOptions.Default;

    public GroupCoordinator Coordinator { get; private set; } = null!;

    public static ClientIdentity Client { get; } = new("app", "/127.0.0.1", "unknown", "unknown");

    public static async Task<CoordinatorFixture> StartAsync(FakeCatalog? catalog = null, bool load = true)
    {
        var fixture = new CoordinatorFixture { Catalog = catalog ?? new FakeCatalog() };
        fixture.Coordinator = new GroupCoordinator(new GroupCoordinatorServices
        {
            Catalog = fixture.Catalog,
            PartitionCount = name => fixture.Topics.TryGetValue(name, out var count) ? count : null,
            TopicIdOf = name => fixture.Topics.ContainsKey(name) ? fixture.TopicIds.GetValueOrDefault(name, new TopicId(Guid.AllBitsSet)) : TopicId.None,
            Time = fixture.Time,
            Scheduler = TaskScheduler.Default,
            Random = new Random(1),
            Logger = NullLogger.Instance,
            Options = new GroupOptions(group => fixture.Options.Group(group), () => fixture.Options.Offsets()),
        });
        if (load)
            await fixture.Coordinator.LoadAsync(fixture.Catalog.Snapshot());
        return fixture;
    }

    public Task<JoinAnswer> JoinAsync(string group, string memberId = "", string? instance = null, CancellationToken closed = default) =>
        Coordinator.AskAsync<JoinAnswer>(group, id => new JoinCommand(id)
        {
            MemberId = memberId,
            InstanceId = instance,
            NewMemberId = Coordinator.NewMemberId(instance ?? "app"),
            Client = Client,
            SessionTimeout = TimeSpan.FromSeconds(10),
            RebalanceTimeout = TimeSpan.FromSeconds(60),
            ProtocolType = "consumer",
            // A subscription to "t", version 0, no user data.
            Protocols = [new GroupProtocol("range", new byte[] { 0, 0, 0, 0, 0, 1, 0, 1, (byte)'t', 255, 255, 255, 255 })],
        }, closed).AsTask().WaitAsync(Patience, CancellationToken.None);

    public Task<SyncAnswer> SyncAsync(string group, JoinAnswer member, byte[]? assignment = null) =>
        Coordinator.AskAsync<SyncAnswer>(group, id => new SyncCommand(id)
        {
            MemberId = member.MemberId,
            Generation = member.Generation,
            Assignments = assignment is null ? [] : [KeyValuePair.Create<string, ReadOnlyMemory<byte>>(member.MemberId, assignment)],
        }).AsTask().WaitAsync(Patience);

    public async Task<ErrorCode> HeartbeatAsync(string group, string memberId, int generation) =>
        (await Coordinator.AskAsync<HeartbeatAnswer>(group, id => new HeartbeatCommand(id, memberId, null, generation)).AsTask().WaitAsync(Patience)).Error;

    public async Task<LeaveAnswer> LeaveAsync(string group, string memberId) =>
        await Coordinator.AskAsync<LeaveAnswer>(group, id => new LeaveCommand(id, [new LeavingMember(memberId, null)])).AsTask().WaitAsync(Patience);

    /// <summary>A group of one, with its assignment.</summary>
    public async Task<JoinAnswer> StableAsync(string group)
    {
        var member = await JoinAsync(group);
        Assert.Equal(ErrorCode.None, member.Error);
        Assert.Equal(ErrorCode.None, (await SyncAsync(group, member, [1])).Error);
        return member;
    }

    public Task<ErrorCode> CommitAsync(string group, long offset, string topic = "t", JoinAnswer? member = null) =>
        Coordinator.CommitAsync(
            group,
            id => new CommitCommand(id, member?.MemberId ?? "", null, member?.Generation ?? -1),
            [KeyValuePair.Create(new TopicPartition(topic, 0), new CommittedOffset(offset, 5, "m", Time.GetUtcNow()))]).AsTask().WaitAsync(Patience);

    public Task<long> FetchAsync(string group, string topic = "t") =>
        Coordinator.ReadOffsetsAsync(group, offsets => OffsetRules.Fetch(offsets, new TopicPartition(topic, 0), requireStable: true).Offset).WaitAsync(Patience);

    /// <summary>What was posted before has happened; returns the group.</summary>
    public Task<ClassicGroup?> GroupAsync(string group) => Coordinator.DescribeAsync(group).WaitAsync(Patience);

    public async ValueTask DisposeAsync() => await Coordinator.DisposeAsync();
}
