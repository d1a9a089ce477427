namespace Chronik.Broker.Fetching;

/// <summary>How much one Fetch wants.</summary>
/// <param name="BytesMin">Waits for so many bytes.</param>
/// <param name="BytesMax">At most so many in all, but for a first batch that is larger.</param>
/// <param name="CommittedOnly">read_committed.</param>
/// <param name="EachPartitionGetsABatch">v0 to v2 had no bound for the whole and no promise of progress: give each at least a batch.</param>
/// <param name="Magic">The newest record format that the client reads.</param>
/// <param name="ByTopicId">v13 and later name topics by id.</param>
internal readonly record struct FetchLimits(int BytesMin, int BytesMax, bool CommittedOnly, bool EachPartitionGetsABatch, byte Magic, bool ByTopicId);
