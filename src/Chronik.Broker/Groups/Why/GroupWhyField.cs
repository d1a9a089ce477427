using System.Text.Json;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Groups.Why;

/// <summary>
/// The API behind <c>group why</c>: a tagged field (KIP-482) of DescribeGroups from version 5 on. A request that carries
/// it gets, in each group that is known, the report in a field of the same tag. Other brokers do not know the tag and
/// leave it out, other clients never ask: nothing else changes.
/// </summary>
internal static class GroupWhyField
{
    /// <summary>Far from the tags that Kafka gives out, which count up from 0.</summary>
    public const uint Tag = 0xC4201;

    public static bool IsAsked(DescribeGroupsRequest request) =>
        request.UnknownTaggedFields?.Exists(field => field.Tag == Tag) == true;

    public static void Ask(DescribeGroupsRequest request) =>
        request.UnknownTaggedFields = [new UnknownTaggedField(Tag, ReadOnlyMemory<byte>.Empty)];

    public static void Answer(DescribeGroupsResponse.DescribedGroup group, GroupWhyReport report) =>
        group.UnknownTaggedFields = [new UnknownTaggedField(Tag, JsonSerializer.SerializeToUtf8Bytes(report, GroupWhyJson.Default.GroupWhyReport))];

    /// <summary>The report, or null where the broker knows nothing of it.</summary>
    public static GroupWhyReport? Read(DescribeGroupsResponse.DescribedGroup group)
    {
        foreach (var field in group.UnknownTaggedFields ?? [])
        {
            if (field.Tag == Tag)
                return JsonSerializer.Deserialize(field.Data.Span, GroupWhyJson.Default.GroupWhyReport);
        }

        return null;
    }
}
