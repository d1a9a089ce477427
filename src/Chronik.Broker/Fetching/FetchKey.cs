namespace Chronik.Broker.Fetching;

/// <summary>Names a partition in a Fetch request: by the topic's name up to v12, by its id from v13 on.</summary>
internal readonly record struct FetchKey(string Topic, Guid TopicId, int Partition);
