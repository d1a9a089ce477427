namespace Chronik.Client.Tests;

public sealed class BrokerAddressTests
{
    [Theory]
    [InlineData("a", "a", 9092)]
    [InlineData("a:1", "a", 1)]
    [InlineData(" a.b:65535 ", "a.b", 65535)]
    [InlineData("[::1]:5", "::1", 5)]
    [InlineData("[::1]", "::1", 9092)]
    [InlineData("::1", "::1", 9092)]
    public void Addresses_are_read(string text, string host, int port) =>
        Assert.Equal(new BrokerAddress(host, port), BrokerAddress.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(":9092")]
    [InlineData("a:")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:b")]
    [InlineData("a:-1")]
    public void What_is_no_address_is_refused(string text) => Assert.Throws<FormatException>(() => BrokerAddress.Parse(text));

    [Fact]
    public void A_list_has_commas_and_at_least_one_address()
    {
        Assert.Equal(["a:1", "[::1]:9092"], BrokerAddress.ParseList("a:1, ::1,").Select(address => address.ToString()));
        Assert.Throws<FormatException>(() => BrokerAddress.ParseList(" , "));
    }
}
