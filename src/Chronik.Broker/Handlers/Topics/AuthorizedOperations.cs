namespace Chronik.Broker.Handlers.Topics;

/// <summary>The sets of operations that a client is told it may do, as Kafka's bit fields (KIP-430): all of them, where there is no authorizer.</summary>
internal static class AuthorizedOperations
{
    /// <summary>Read, write, create, delete, alter, describe, describe and alter configs.</summary>
    internal const int Topic = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 11;

    /// <summary>Create, alter, describe, cluster action, describe and alter configs, idempotent write.</summary>
    internal const int Cluster = 1 << 5 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12;

    /// <summary>The client did not ask.</summary>
    internal const int NotAsked = int.MinValue;
}
