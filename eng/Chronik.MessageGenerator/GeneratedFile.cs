using System.Collections.Generic;
using System.IO;
using System.Linq;
using Chronik.MessageGenerator.Emitting;
using Chronik.MessageGenerator.Model;
using Chronik.MessageGenerator.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Chronik.MessageGenerator;

/// <summary>What comes of a schema file: C#, or what is wrong with it.</summary>
internal sealed class GeneratedFile
{
    private static readonly DiagnosticDescriptor _badSchema = new(
        "KMG001", "Schema error", "{0}", "Chronik.MessageGenerator", DiagnosticSeverity.Error, isEnabledByDefault: true);

    private readonly string _path;
    private readonly SourceText _text;
    private readonly SchemaFile _schema;

    public GeneratedFile(string path, SourceText text)
    {
        _path = path;
        _text = text;
        _schema = SchemaParser.Parse(text.ToString());
    }

    public string Name => Path.GetFileNameWithoutExtension(_path) + ".g.cs";

    public bool IsGood => _schema.Errors.Count == 0;

    public string Source => MessageEmitter.Emit(_schema);

    public IEnumerable<Diagnostic> Diagnostics =>
        from error in _schema.Errors
        let span = _text.Lines[error.Line].Span
        select Diagnostic.Create(_badSchema, Location.Create(_path, span, _text.Lines.GetLinePositionSpan(span)), error.Text);

    public IEnumerable<ApiRow> Apis =>
        from message in _schema.Messages
        where IsGood && message.Kind == MessageKind.Request
        select new ApiRow(message.Declaration.Key, message.Declaration.Name, message.Declaration.Versions, message.Declaration.Flexible);
}
