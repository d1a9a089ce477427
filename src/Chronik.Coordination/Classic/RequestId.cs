namespace Chronik.Coordination.Classic;

/// <summary>A request that is or will be answered: the coordinator parks it by this number.</summary>
public readonly record struct RequestId(long Value);
