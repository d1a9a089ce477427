namespace Chronik.Coordination.Assignors;

/// <summary>
/// Divides the partitions of a classic consumer group exactly as the Java client's assignor of the same name does,
/// so that the server can stand in for a leader that has fallen silent.
/// </summary>
/// <remarks>Implementations hold no state: what an assignor must remember travels in the members' subscriptions.</remarks>
public interface IPartitionAssignor
{
    /// <summary>The protocol name by which members offer this assignor in JoinGroup.</summary>
    string Name { get; }

    /// <summary>Computes the assignment of one generation.</summary>
    /// <returns>
    /// For each member id the bytes of its <c>ConsumerProtocolAssignment</c>, version first, as a leader would put them
    /// into SyncGroup. Every member has an entry; one that got nothing has an assignment of no partitions.
    /// </returns>
    /// <exception cref="AssignmentException">A member's subscription or user data cannot be read.</exception>
    IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Assign(AssignmentInput input);
}
