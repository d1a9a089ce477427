using Chronik.Catalog;
using Chronik.Coordination.Classic;

namespace Chronik.Broker.Groups;

/// <summary>Something of a group that is to become durable.</summary>
/// <param name="Changes">Rows.</param>
/// <param name="State">The group's state; one that a later one in the same batch replaces is not written.</param>
/// <param name="Ended">Called in the group's mailbox, in order: whether it is durable.</param>
internal sealed record QueuedWrite(IReadOnlyList<CatalogChange> Changes, ClassicGroup? State, Action<bool> Ended);
