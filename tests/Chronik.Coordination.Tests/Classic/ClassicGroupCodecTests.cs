using Chronik.Coordination.Classic;

namespace Chronik.Coordination.Tests.Classic;

public class ClassicGroupCodecTests
{
    /// <summary>Written by the first version of the format. It must stay readable for ever: never change it.</summary>
    private const string FrozenVersion1 =
        "01030000019B76DAA8000000000200000008636F6E73756D65720000000572616E67650000000769302D303030310000000000000002000000020000" +
        "000769302D30303031000000026930000000036170700000000A2F3132372E302E302E310000000C6B61666B612D707974686F6E00000005322E302E" +
        "320000000000002710000000000000EA6000000000000000000000000769302D30303031000000010000000572616E67650000000D00000000000100" +
        "0174FFFFFFFF0000000769312D30303032000000026931000000036170700000000A2F3132372E302E302E310000000C6B61666B612D707974686F6E" +
        "00000005322E302E320000000000002710000000000000EA6000000000000000010000000769312D30303032000000010000000572616E6765000000" +
        "0D000000000001000174FFFFFFFF";

    private readonly GroupDriver _group = new();

    [Fact]
    public void The_bytes_of_version_1_are_frozen()
    {
        _group.StableGroup(2, "i");
        Assert.Equal(FrozenVersion1, Convert.ToHexString(ClassicGroupCodec.Encode(_group.Group).Span));
    }

    [Fact]
    public void Version_1_is_read_as_it_was_written()
    {
        var group = ClassicGroupCodec.Decode("g", Convert.FromHexString(FrozenVersion1), GroupSettings.Default, _group.Now);
        Assert.Equal((ClassicGroupPhase.Stable, 2, "consumer", "range"), (group.Phase, group.Generation, group.ProtocolType, group.ProtocolName));
        Assert.Equal(["i0-0001", "i1-0002"], group.Members.All.Select(member => member.MemberId));
        Assert.True(group.Members.TryGet("i1-0002", out var member));
        Assert.Equal(("i1", GroupDriver.Client), (member.InstanceId, member.Client));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)), (member.SessionTimeout, member.RebalanceTimeout));
        Assert.True(member.MetadataFor("range").Span.SequenceEqual(GroupDriver.Subscription("t").Span));
        Assert.Equal("i1-0002"u8, member.Assignment.Span);
        Assert.Equal("i0-0001", group.Leader);
    }

    [Fact]
    public void What_is_read_is_written_back_as_the_same_bytes()
    {
        var group = ClassicGroupCodec.Decode("g", Convert.FromHexString(FrozenVersion1), GroupSettings.Default, _group.Now);
        Assert.Equal(FrozenVersion1, Convert.ToHexString(ClassicGroupCodec.Encode(group).Span));
    }

    [Fact]
    public void Bytes_that_are_cut_or_of_another_version_are_refused()
    {
        var bytes = Convert.FromHexString(FrozenVersion1);
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes.AsMemory(0, length);
            Assert.Throws<InvalidDataException>(() => ClassicGroupCodec.Decode("g", cut, GroupSettings.Default, _group.Now));
        }

        bytes[0] = 2;
        Assert.Throws<InvalidDataException>(() => ClassicGroupCodec.Decode("g", bytes, GroupSettings.Default, _group.Now));
    }
}
