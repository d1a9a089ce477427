using Chronik.Broker.Dispatch;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Network;

/// <summary>What all connections of a broker share.</summary>
internal sealed record NetworkServices(
    BrokerOptions Options,
    ApiTable Apis,
    RequestMemory Memory,
    TimeProvider Time,
    ILogger Logger);
