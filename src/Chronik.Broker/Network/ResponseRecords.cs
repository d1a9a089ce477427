using Chronik.Protocol.Messages;

namespace Chronik.Broker.Network;

/// <summary>Gives back the regions of files in an answer that is not sent; one that is sent gives them back itself.</summary>
internal static class ResponseRecords
{
    /// <summary>Disposes the records of an answer, where it has any; those that were disposed already stay so.</summary>
    public static void Release(object? response)
    {
        if (response is not FetchResponse fetch)
        {
            return;
        }

        foreach (FetchResponse.FetchableTopicResponse topic in fetch.Responses)
        {
            foreach (FetchResponse.PartitionData partition in topic.Partitions)
            {
                partition.Records.External?.Dispose();
            }
        }
    }
}
