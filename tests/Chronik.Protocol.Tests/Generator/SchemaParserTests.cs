using Chronik.MessageGenerator.Model;
using Chronik.MessageGenerator.Parsing;

namespace Chronik.Protocol.Tests.Generator;

public sealed class SchemaParserTests
{
    [Fact]
    public void A_field_has_all_that_its_line_says()
    {
        var file = SchemaParser.Parse("""
            # Does something.
            structure Thing 0-9 flexible 6+
                # Waits for it.
                WaitMs: int32 = -1, in 3+, ignorable
                Name: string, null in 7+
                Items: Item[]?, in 8+, tag 0
                    Id: uuid
            """);
        Assert.Empty(file.Errors);
        var thing = Assert.Single(file.Messages);
        Assert.Equal("Does something.", thing.Declaration.Doc);
        Assert.Equal((new VersionRange(0, 9), new VersionRange(6, VersionRange.Open)), (thing.Declaration.Versions, thing.Declaration.Flexible));
        var (wait, name, items) = (thing.Root.Fields[0], thing.Root.Fields[1], thing.Root.Fields[2]);
        Assert.Equal(("Waits for it.", "-1", new VersionRange(3, VersionRange.Open), true), (wait.Doc, wait.Default, wait.Versions, wait.IsIgnorable));
        Assert.Equal(new VersionRange(7, VersionRange.Open), name.NullVersions);
        Assert.Equal((true, 0, items.Versions), (items.IsArray, items.Tag, items.NullVersions));
        Assert.Equal("Id", Assert.Single(thing.Find("Item")!.Fields).Name);
    }

    [Fact]
    public void A_structure_occurs_in_the_versions_of_the_fields_that_hold_it()
    {
        var file = SchemaParser.Parse("""
            structure Thing 0-9
                Old: Item[], in 0-3
                    Id: int32
                New: Item, in 7-8
            """);
        Assert.Equal(new VersionRange(0, 8), file.Messages[0].Find("Item")!.Versions);
    }

    [Theory]
    [InlineData("api x Foo 0-1", 0, "an api is declared as: api KEY NAME VERSIONS [flexible VERSIONS]")]
    [InlineData("api 1 Foo 0+", 0, "after the key comes: NAME LOWEST-HIGHEST [flexible FIRST+]")]
    [InlineData("api 1 Foo 0-1 flexible", 0, "after the key comes: NAME LOWEST-HIGHEST [flexible FIRST+]")]
    [InlineData("request", 0, "a request or response stands below its api")]
    [InlineData("  A: int32", 0, "a field stands below a request, response or structure")]
    [InlineData("message Foo", 0, "'message' is none of api, request, response, structure; a field is indented")]
    [InlineData("structure A 0-1\n  int32 B", 1, "a field is declared as: Name: type, Name: type[], Name: type?")]
    [InlineData("structure A 0-1\n  b: int32", 1, "a field is declared as: Name: type, Name: type[], Name: type?")]
    [InlineData("structure A 0-1\n  B: int32 = x", 1, "'x' is not a default for int32")]
    [InlineData("structure A 0-1\n  B: string = 1", 1, "'1' is not a default for string")]
    [InlineData("structure A 0-1\n  B: int32, in x", 1, "'x' is not a range of versions: 3, 3+ or 3-7")]
    [InlineData("structure A 0-1\n  B: int32, in 7-3", 1, "'7-3' is not a range of versions: 3, 3+ or 3-7")]
    [InlineData("structure A 0-1\n  B: int32, ignoreable", 1, "'ignoreable' is none of: in VERSIONS, null in VERSIONS, tag NUMBER, ignorable, never compact")]
    [InlineData("structure A 0-1\n  B: int32, tag x", 1, "'x' is not a tag")]
    [InlineData("structure A 0-1\n  B: int32\n    C: int32", 2, "B is int32, which has no fields of its own")]
    [InlineData("structure A 0-1\n  B: X\n    C: int32\n   D: int32", 3, "this line is indented neither as the field above it nor as one of the structures around it")]
    [InlineData("structure A 0-1\n  B: Thing", 1, "Thing is neither a type nor a structure of A")]
    [InlineData("structure A 0-1\n  B: int32\n  B: int32", 1, "B is declared twice")]
    [InlineData("structure A 0-1\n  B: int32?", 1, "int32 has no null")]
    [InlineData("structure A 0-1\n  B: string = null", 1, "B defaults to null but has no null")]
    [InlineData("structure A 0-1\n  B: string, in 1+, null in 0+", 1, "B is null in versions that lack it")]
    [InlineData("structure A 0-1\n  B: int32, tag 0", 1, "B is tagged in versions that are not flexible")]
    [InlineData("structure A 0-1 flexible 0+\n  B: int32, tag 1", 0, "the tags of A must be 0 to 0")]
    [InlineData("structure A 0-1 flexible 0+\n  B: records, tag 0", 1, "B is tagged; records stand in line")]
    [InlineData("structure A 0-1\n  B: B\n    C: int32", 1, "structure B has the name of a field of A")]
    [InlineData("structure A 0-1\n  B: X\n    C: Y\n      D: X", 3, "X holds itself")]
    public void An_error_names_its_line_and_what_is_wrong(string schema, int line, string text) =>
        Assert.Contains(new SchemaError(line, text), SchemaParser.Parse(schema).Errors);
}
