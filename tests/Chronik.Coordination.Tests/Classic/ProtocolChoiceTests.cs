using System.Collections.Immutable;
using Chronik.Coordination.Classic.Answers;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

public class ProtocolChoiceTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void Only_a_protocol_that_all_support_is_elected()
    {
        _group.AddMember(protocols: Offers("sticky", "range"));
        _group.AddMember(protocols: Offers("range", "roundrobin"));
        Assert.Equal("range", _group.Group.ProtocolName);
    }

    [Fact]
    public void The_majority_decides()
    {
        _group.AddMember(protocols: Offers("range", "sticky"));
        _group.AddMember(protocols: Offers("sticky", "range"));
        _group.AddMember(protocols: Offers("sticky", "range"));
        Assert.Equal("sticky", _group.Group.ProtocolName);
    }

    [Fact]
    public void A_member_that_shares_no_protocol_is_refused_and_disturbs_nobody()
    {
        _group.StableGroup(1);
        var answer = _group.Join(_group.NewJoin(protocols: Offers("sticky")));
        Assert.Equal((ErrorCode.InconsistentGroupProtocol, ""), (answer.Error, answer.MemberId));
        Assert.Equal(1, _group.Group.Generation);
    }

    [Fact]
    public void A_member_of_another_protocol_type_is_refused()
    {
        _group.StableGroup(1);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _group.Join(_group.NewJoin() with { ProtocolType = "connect" }).Error);
    }

    [Fact]
    public void An_empty_protocol_type_or_none_offered_is_refused()
    {
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _group.Join(_group.NewJoin() with { ProtocolType = "" }).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _group.Join(_group.NewJoin() with { Protocols = [] }).Error);
        Assert.True(_group.Group.IsBlank);
    }

    [Fact]
    public void A_rejoin_that_would_leave_nothing_in_common_is_refused()
    {
        _group.AddMember(protocols: Offers("range", "roundrobin"));
        var second = _group.AddMember(protocols: Offers("range", "roundrobin"));
        _group.SyncAll();
        _group.Send(_group.Rejoin(_group.Group.Leader!, Offers("range")));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _group.Join(_group.Rejoin(second, Offers("roundrobin"))).Error);
        var request = _group.Send(_group.Rejoin(second, Offers("range", "roundrobin")));
        Assert.Equal("range", _group.Answered<JoinAnswer>(request).ProtocolName);
    }

    [Fact]
    public void An_empty_group_takes_the_protocol_type_of_whoever_comes_next()
    {
        var leader = _group.StableGroup(1)[0];
        _group.Leave(new Chronik.Coordination.Classic.Commands.LeavingMember(leader, null));
        var answer = _group.Join(_group.NewJoin() with { ProtocolType = "connect", Protocols = Offers("compatible") });
        Assert.Equal((ErrorCode.None, "connect", "compatible"), (answer.Error, answer.ProtocolType, answer.ProtocolName));
    }

    private static ImmutableArray<Chronik.Coordination.Classic.GroupProtocol> Offers(params string[] names) =>
        [.. names.Select(name => GroupDriver.Protocol(name, "t"))];
}
