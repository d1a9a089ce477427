namespace Chronik.Broker;

/// <summary>
/// What handlers are built from: each constructor parameter of a handler is the property here that has its type.
/// A new dependency of handlers is one property here and one line in BrokerHost.
/// </summary>
internal sealed class BrokerServices
{
    /// <summary>The settings.</summary>
    public required BrokerOptions Options { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
