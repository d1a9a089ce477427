using Chronik.Campaigns.RealBroker;

namespace Chronik.Campaigns.Tests.RealBroker;

public sealed class LoadRecordTests
{
    [Fact]
    public void A_record_tells_whose_it_is() => Assert.Equal((3, 1, 70), LoadRecord.Parse(LoadRecord.Value(3, 1, 70)));

    [Fact]
    public void A_record_with_one_wrong_bit_anywhere_is_nobodys()
    {
        var value = LoadRecord.Value(3, 1, 70);
        for (var bit = 0; bit < value.Length * 8; bit++)
        {
            value[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(LoadRecord.Parse(value));
            value[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Null(LoadRecord.Parse(value.AsSpan(0, value.Length - 1)));
        Assert.Null(LoadRecord.Parse([]));
    }
}
