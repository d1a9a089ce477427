using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Chronik.HandlerGenerator;

/// <summary>
/// Writes the table of request handlers: every class that implements IRequestHandler, built from the properties of
/// BrokerServices by type. Wiring mistakes are compile errors, and starting the broker needs no reflection.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class HandlerTableGenerator : IIncrementalGenerator
{
    private const string HandlerInterface = "Chronik.Broker.Dispatch.IRequestHandler<TRequest, TResponse>";
    private const string ServicesClass = "Chronik.Broker.BrokerServices";

    private static readonly DiagnosticDescriptor s_unknownDependency = new(
        "CHR001",
        "A handler needs something that BrokerServices does not have",
        "{0} takes a {1}, but BrokerServices has no property of that type: add one",
        "Wiring",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<string>> handlers = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => node is ClassDeclarationSyntax { BaseList: not null }, DescribeHandler)
            .Where(static description => description is not null)
            .Select(static (description, _) => description!)
            .Collect();
        IncrementalValueProvider<ImmutableArray<string>> services = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => node is ClassDeclarationSyntax { Identifier.Text: "BrokerServices" }, DescribeServices)
            .Where(static description => description is not null)
            .Select(static (description, _) => description!)
            .Collect();
        context.RegisterSourceOutput(handlers.Combine(services), static (output, found) => Write(output, found.Left, found.Right));
    }

    // Descriptions are strings, so that the incremental pipeline can compare them: handler|request|response|parameter|...
    private static string? DescribeHandler(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, cancellation) is not INamedTypeSymbol { IsAbstract: false } type)
        {
            return null;
        }

        INamedTypeSymbol? contract = type.AllInterfaces.FirstOrDefault(i => i.OriginalDefinition.ToDisplayString() == HandlerInterface);
        IMethodSymbol? constructor = type.InstanceConstructors.OrderByDescending(c => c.Parameters.Length).FirstOrDefault();
        if (contract is null || constructor is null)
        {
            return null;
        }

        IEnumerable<string> parts = new[] { FullName(type), FullName(contract.TypeArguments[0]), FullName(contract.TypeArguments[1]) }
            .Concat(constructor.Parameters.Select(parameter => FullName(parameter.Type)));
        return string.Join("|", parts);
    }

    private static string? DescribeServices(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, cancellation) is not INamedTypeSymbol type
            || type.ToDisplayString() != ServicesClass)
        {
            return null;
        }

        return string.Join("|", type.GetMembers().OfType<IPropertySymbol>().Select(property => FullName(property.Type) + " " + property.Name));
    }

    private static string FullName(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private static void Write(SourceProductionContext output, ImmutableArray<string> handlers, ImmutableArray<string> services)
    {
        if (services.Length == 0)
        {
            return;
        }

        var properties = services.SelectMany(description => description.Split('|'))
            .Select(entry => new { Type = entry.Substring(0, entry.LastIndexOf(' ')), Name = entry.Substring(entry.LastIndexOf(' ') + 1) })
            .GroupBy(entry => entry.Type)
            .ToDictionary(group => group.Key, group => group.First().Name);
        var lines = new StringBuilder();
        foreach (string[] handler in handlers.Distinct().OrderBy(name => name, System.StringComparer.Ordinal).Select(h => h.Split('|')))
        {
            string[] parameters = handler.Skip(3).ToArray();
            foreach (string unknown in parameters.Where(parameter => !properties.ContainsKey(parameter)))
            {
                output.ReportDiagnostic(Diagnostic.Create(s_unknownDependency, Location.None, handler[0], unknown));
            }

            if (!parameters.All(properties.ContainsKey))
            {
                continue;
            }

            string arguments = string.Join(", ", parameters.Select(parameter => "services." + properties[parameter]));
            lines.Append("        table.Add<").Append(handler[1]).Append(", ").Append(handler[2]).Append(">(new ")
                .Append(handler[0]).Append('(').Append(arguments).Append("));\n");
        }

        output.AddSource("HandlerTable.g.cs", "// <auto-generated/>\n#nullable enable\nnamespace Chronik.Broker.Dispatch;\n\n"
            + "internal static class HandlerTable\n{\n"
            + "    public static void Register(ApiTable table, global::Chronik.Broker.BrokerServices services)\n    {\n"
            + lines
            + "    }\n}\n");
    }
}
