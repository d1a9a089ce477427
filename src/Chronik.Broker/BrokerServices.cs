using Chronik.Broker.Configs;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Fetching;
using Chronik.Broker.Groups;
using Chronik.Broker.Producers;
using Chronik.Broker.Producing;
using Chronik.Broker.Topics;

namespace Chronik.Broker;

/// <summary>
/// What handlers are built from: each constructor parameter of a handler is the property here that has its type.
/// A new dependency of handlers is one property here and one line in BrokerHost.
/// </summary>
internal sealed class BrokerServices
{
    /// <summary>The settings.</summary>
    public required BrokerOptions Options { get; init; }

    /// <summary>Who this broker is.</summary>
    public required BrokerIdentity Identity { get; init; }

    /// <summary>All APIs that are served.</summary>
    public required ApiTable Apis { get; init; }

    /// <summary>All topics.</summary>
    public required TopicRegistry Topics { get; init; }

    /// <summary>Checks topics that are to be created.</summary>
    public required TopicCreation TopicCreation { get; init; }

    /// <summary>The settings in force of each topic.</summary>
    public required TopicConfigResolver TopicConfigs { get; init; }

    /// <summary>The settings that were set while brokers ran.</summary>
    public required ConfigStore Configs { get; init; }

    /// <summary>The broker's own settings by Kafka's names.</summary>
    public required BrokerSettings Settings { get; init; }

    /// <summary>Tells clients settings and where they come from.</summary>
    public required ConfigDescriber ConfigDescriber { get; init; }

    /// <summary>Changes settings that clients ask to change.</summary>
    public required ConfigAlteration ConfigAlteration { get; init; }

    /// <summary>Hands out producer ids.</summary>
    public required ProducerIdAllocator ProducerIds { get; init; }

    /// <summary>What clients fetch, between their requests.</summary>
    public required FetchSessionCache FetchSessions { get; init; }

    /// <summary>Fetches that wait for records.</summary>
    public required FetchWaiters FetchWaiters { get; init; }

    /// <summary>Produce requests that wait for the disk.</summary>
    public required ProduceWaits ProduceWaits { get; init; }

    /// <summary>All groups.</summary>
    public required GroupCoordinator Groups { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
