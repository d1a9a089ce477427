using System.Net;
using Chronik.Broker.Network;
using Chronik.Broker.Tests.Network;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Storage.IO;

namespace Chronik.Broker.Tests;

/// <summary>A whole broker in this process: its network, files and catalog are in memory.</summary>
internal sealed class BrokerFixture : IAsyncDisposable
{
    private readonly InMemoryTransport _transport;

    private BrokerFixture(BrokerOptions options, TimeProvider time, InMemoryTransport transport, IFileSystem files, int seed)
    {
        _transport = transport;
        Files = files;
        Host = new BrokerHost(options, new BrokerSeams(files, transport, time, new Random(seed), TaskScheduler.Default, Log));
    }

    public BrokerHost Host { get; }

    public IFileSystem Files { get; }

    public CollectedLog Log { get; } = new();

    public int Port => ((IPEndPoint)Host.EndPoints[0]).Port;

    public static async Task<BrokerFixture> StartAsync(
        BrokerOptions? options = null,
        TimeProvider? time = null,
        InMemoryTransport? transport = null,
        IFileSystem? files = null,
        int seed = 1)
    {
        options = (options ?? new BrokerOptions()) with
        {
            DataDirectory = "/data",
            CatalogPath = ":memory:",
            Listeners = [new ListenerOptions("localhost", 0)],
        };
        var fixture = new BrokerFixture(
            options, time ?? TimeProvider.System, transport ?? new InMemoryTransport(TaskScheduler.Default), files ?? new InMemoryFileSystem(), seed);
        await fixture.Host.StartAsync();
        return fixture;
    }

    public WireClient Connect() => new(_transport.Connect(Port));

    /// <summary>Creates a topic, past the wire.</summary>
    public async Task<Topic> CreateTopicAsync(string name, int partitions = 1, params (string Name, string Value)[] configs)
    {
        var settings = configs.ToDictionary(config => config.Name, config => config.Value, StringComparer.Ordinal);
        IReadOnlyList<TopicResult> results = await Host.Services.Topics.CreateAsync([new NewTopic(name, partitions, settings)]);
        Assert.Equal(ErrorCode.None, results[0].Error);
        Assert.True(Host.Services.Topics.TryGet(name, out Topic? topic));
        return topic;
    }

    public async ValueTask DisposeAsync() => await Host.StopAsync();
}
