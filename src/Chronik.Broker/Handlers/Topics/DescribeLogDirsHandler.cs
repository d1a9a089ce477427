using Chronik.Broker.Dispatch;
using Chronik.Broker.Topics;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Topics;

/// <summary>
/// DescribeLogDirs (35), versions 0-5: the data folder and the size of each partition in it. 2: flexible; 3: an error for all;
/// 4: the disk's size, which is not told (-1); 5: cordoned folders.
/// </summary>
internal sealed class DescribeLogDirsHandler(TopicRegistry topics, BrokerOptions options)
    : IRequestHandler<DescribeLogDirsRequest, DescribeLogDirsResponse>
{
    /// <inheritdoc/>
    public ValueTask<DescribeLogDirsResponse?> HandleAsync(RequestContext context, DescribeLogDirsRequest request)
    {
        var folder = new DescribeLogDirsResponse.DescribeLogDirsResult { LogDir = options.DataDirectory };
        if (request.Topics is null)
        {
            foreach (var topic in topics.Current.Topics)
                Add(folder, topic, Enumerable.Range(0, topic.PartitionCount));
        }
        else
        {
            foreach (var asked in request.Topics)
            {
                if (topics.TryGet(asked.Topic, out var topic))
                    Add(folder, topic, asked.Partitions);
            }
        }
        return new(new DescribeLogDirsResponse { Results = [folder] });
    }

    private static void Add(DescribeLogDirsResponse.DescribeLogDirsResult folder, Topic topic, IEnumerable<int> partitions)
    {
        var described = new DescribeLogDirsResponse.DescribeLogDirsTopic { Name = topic.Name };
        foreach (var partition in partitions)
        {
            if (topic.TryGetLog(partition, out var log))
                described.Partitions.Add(new() { PartitionIndex = partition, PartitionSize = log.SizeBytes });
        }
        if (described.Partitions.Count > 0)
            folder.Topics.Add(described);
    }
}
