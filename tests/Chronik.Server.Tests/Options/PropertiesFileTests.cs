using Chronik.Server.Options;

namespace Chronik.Server.Tests.Options;

/// <summary>Java's properties format.</summary>
public sealed class PropertiesFileTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("a = b ", "a", "b ")]
    [InlineData("  a:b", "a", "b")]
    [InlineData("a b c", "a", "b c")]
    [InlineData("a", "a", "")]
    [InlineData("a=b=c:d", "a", "b=c:d")]
    [InlineData("a\\:b=c", "a:b", "c")]
    [InlineData("a=one,\\\n   two", "a", "one,two")]
    [InlineData("a=\\u0041\\tb", "a", "A\tb")]
    [InlineData("a=c:\\\\data", "a", "c:\\data")]
    [InlineData("# no\r\n! no\r\n\r\na=b\r\n", "a", "b")]
    [InlineData("a=b\\", "a", "b\\")]
    public void A_line_is_read_as_Java_reads_it(string text, string name, string value)
    {
        var entry = Assert.Single(PropertiesFile.Read(text));
        Assert.Equal((name, value), (entry.Name, entry.Value));
    }

    [Fact]
    public void Entries_know_their_line() =>
        Assert.Equal([2, 4], PropertiesFile.Read("# first\na=1,\\\n2\nb=3").Select(entry => entry.Line));
}
