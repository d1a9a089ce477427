using Chronik.Campaigns.RealBroker;
using Chronik.Client;
using Chronik.Protocol;

namespace Chronik.Campaigns.Tests.RealBroker;

/// <summary>The check finds what it is there to find.</summary>
public sealed class PartitionCheckTests
{
    private readonly TopicStory _topic = new("topic", 5, partitions: 1);
    private readonly WriterStory _writer;
    private readonly PartitionCheck _check;
    private long _next;

    public PartitionCheckTests()
    {
        _writer = _topic.AddWriter(0, isIdempotent: true);
        for (var sequence = 0; sequence < 4; sequence++)
            _writer.Sending(now: 10 * sequence);
        for (var sequence = 0; sequence < 3; sequence++)
            _writer.Acknowledged(sequence, now: (10 * sequence) + 5, offset: sequence);
        _check = new PartitionCheck(_topic, 0);
    }

    [Fact]
    public void All_is_well_with_what_was_acknowledged_and_what_may_be_there_as_well() => Assert.Empty(Finish(0, 1, 2, 3));

    [Fact]
    public void What_was_not_acknowledged_need_not_be_there()
    {
        Assert.Empty(Finish(0, 1, 2));
        Assert.Equal(3, _check.Acknowledged);
    }

    [Fact]
    public void A_lost_record_is_found() => Assert.Contains("record 2 was acknowledged (offset 2) and is lost", Assert.Single(Finish(0, 1)));

    [Fact]
    public void A_record_that_is_there_twice_is_found() => Assert.Contains("record 2 is there twice", string.Join('\n', Finish(0, 1, 2, 2)));

    [Fact]
    public void A_record_out_of_order_is_found() => Assert.Contains("comes after record 2", string.Join('\n', Finish(0, 2, 1)));

    [Fact]
    public void A_record_of_nobody_is_found() => Assert.Contains("record 4 at offset 3 was never sent", Assert.Single(Finish(0, 1, 2, 4)));

    [Fact]
    public void A_hole_in_the_offsets_is_found()
    {
        _next = 1;
        Assert.Contains("offset 1 follows on -1", Finish(0, 1, 2)[0]);
    }

    [Fact]
    public void A_record_of_another_topic_is_found()
    {
        Take(LoadRecord.Value(4, 0, 0));
        Assert.Contains("does not belong here", _check.Wrong[0]);
    }

    [Fact]
    public void A_changed_record_is_found()
    {
        var value = LoadRecord.Value(5, 0, 0);
        value[^1]++;
        Take(value);
        Assert.Contains("not a record as it was sent", _check.Wrong[0]);
    }

    private IReadOnlyList<string> Finish(params int[] sequences)
    {
        foreach (var sequence in sequences)
            Take(LoadRecord.Value(5, 0, sequence));
        _check.Finish(acknowledgedBefore: 100, sentBefore: 100);
        return _check.Wrong;
    }

    private void Take(byte[] value) =>
        _check.Take(new ConsumedRecord { Partition = new TopicPartition("topic", 0), Offset = _next++, Value = value });
}
