using System.Collections.Immutable;
using Chronik.MessageGenerator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Chronik.Protocol.Tests.Generator;

public sealed class MessageSourceGeneratorTests
{
    private const string Good = "api 1 Fetch 0-1\n\nrequest\n  A: int32\n\nresponse\n  B: string\n";

    [Fact]
    public void An_error_is_a_diagnostic_with_file_and_line()
    {
        var result = Run(new Schema("Schemas/01-Fetch.schema", "api 1 Fetch 0-1\n\nrequest\n  A: int31\n")).GetRunResult();
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("Schemas/01-Fetch.schema(4,1): error KMG001: int31 is neither a type nor a structure of FetchRequest", diagnostic.ToString());
    }

    [Fact]
    public void A_bad_schema_does_not_take_the_others_with_it()
    {
        var result = Run(new Schema("01-Fetch.schema", Good), new Schema("02-Bad.schema", "nonsense")).GetRunResult();
        Assert.Equal(["01-Fetch.g.cs", "ApiKeys.g.cs"], result.Results[0].GeneratedSources.Select(source => source.HintName));
    }

    [Fact]
    public void A_file_that_is_no_schema_is_left_alone() =>
        Assert.Single(Run(new Schema("BannedSymbols.txt", "nonsense")).GetRunResult().GeneratedTrees);

    [Fact]
    public void An_edit_generates_only_its_own_file_anew()
    {
        var (fetch, other) = (new Schema("01-Fetch.schema", Good), new Schema("Other.schema", "structure Other 0-1\n  A: int32\n"));
        var driver = Run(fetch, other);
        driver = driver.ReplaceAdditionalText(other, new Schema("Other.schema", "structure Other 0-1\n  B: int32\n"));
        driver = driver.RunGenerators(CSharpCompilation.Create("Test"));
        var reasons = driver.GetRunResult().Results[0].TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Reason);
        Assert.Equal(
            [IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached],
            reasons.Order());
    }

    private static GeneratorDriver Run(params Schema[] schemas)
    {
        var options = new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new MessageSourceGenerator().AsSourceGenerator()], schemas.ToImmutableArray<AdditionalText>(), driverOptions: options);
        return driver.RunGenerators(CSharpCompilation.Create("Test"));
    }

    private sealed class Schema(string path, string text) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(text);

        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }
}
