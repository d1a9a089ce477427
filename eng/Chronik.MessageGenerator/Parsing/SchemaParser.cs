using System;
using System.Collections.Generic;
using System.Globalization;
using Chronik.MessageGenerator.Model;

namespace Chronik.MessageGenerator.Parsing;

/// <summary>Reads the format of docs/formats/schema.md, line by line; indentation nests.</summary>
internal sealed class SchemaParser
{
    private static readonly char[] _space = [' '];

    private readonly SchemaFile _file = new();

    /// <summary>The structures that the next field can belong to, outermost first.</summary>
    private readonly Stack<Level> _open = new();

    private Declaration? _api;
    private Message? _message;
    private Field? _lastField;
    private int _lastFieldIndent;

    public static SchemaFile Parse(string text)
    {
        var parser = new SchemaParser();
        foreach (var line in SchemaLine.Split(text))
            parser.Accept(line);
        if (parser._file.Errors.Count == 0)
            SchemaChecker.Check(parser._file);
        return parser._file;
    }

    private void Accept(SchemaLine line)
    {
        if (line.Indent > 0)
        {
            AcceptField(line);
            return;
        }

        string[] words = line.Text.Split(_space, StringSplitOptions.RemoveEmptyEntries);
        switch (words[0])
        {
            case "api":
                AcceptApi(line, words);
                break;
            case "structure":
                AcceptStructure(line, words);
                break;
            case "request" or "response" when words.Length == 1:
                AcceptSide(line, words[0] == "request" ? MessageKind.Request : MessageKind.Response);
                break;
            default:
                Error(line, $"'{words[0]}' is none of api, request, response, structure; a field is indented");
                break;
        }
    }

    /// <summary><c>api 11 JoinGroup 0-9 flexible 6+</c>.</summary>
    private void AcceptApi(SchemaLine line, string[] words)
    {
        if (words.Length < 2 || !short.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out short key))
        {
            Error(line, "an api is declared as: api KEY NAME VERSIONS [flexible VERSIONS]");
            return;
        }

        _api = ReadDeclaration(line, key, words, nameAt: 2);
    }

    /// <summary><c>structure RequestHeader 0-2 flexible 2+</c>.</summary>
    private void AcceptStructure(SchemaLine line, string[] words)
    {
        if (ReadDeclaration(line, -1, words, nameAt: 1) is { } declaration)
            Begin(line, new Message(declaration.Name, MessageKind.Structure, declaration, line.Number));
    }

    private void AcceptSide(SchemaLine line, MessageKind side)
    {
        if (_api is null)
            Error(line, "a request or response stands below its api");
        else
            Begin(line, new Message(_api.Name + side, side, _api, line.Number));
    }

    private Declaration? ReadDeclaration(SchemaLine line, short key, string[] words, int nameAt)
    {
        string[] rest = new string[words.Length - Math.Min(nameAt, words.Length)];
        Array.Copy(words, words.Length - rest.Length, rest, 0, rest.Length);
        var versions = VersionRange.None;
        var flexible = VersionRange.None;
        bool good = rest.Length switch
        {
            2 => VersionRange.TryParse(rest[1], out versions),
            4 => VersionRange.TryParse(rest[1], out versions) && rest[2] == "flexible" && VersionRange.TryParse(rest[3], out flexible),
            _ => false,
        };
        if (good && versions.High != VersionRange.Open)
            return new Declaration(key, rest[0], versions, flexible, line.Doc);
        Error(line, "after the key comes: NAME LOWEST-HIGHEST [flexible FIRST+]");
        return null;
    }

    private void Begin(SchemaLine line, Message message)
    {
        _message = message;
        _lastField = null;
        _file.Messages.Add(message);
        _open.Clear();
        _open.Push(new Level(line.Indent, message.Root));
    }

    private void AcceptField(SchemaLine line)
    {
        if (_message is null)
        {
            Error(line, "a field stands below a request, response or structure");
            return;
        }

        if (_lastField is not null && line.Indent > _lastFieldIndent)
            Nest(line, _lastField);
        while (_open.Peek().FieldIndent > line.Indent && _open.Count > 1)
            _open.Pop();
        var level = _open.Peek();
        level.FieldIndent = level.FieldIndent < 0 ? line.Indent : level.FieldIndent;
        if (level.FieldIndent != line.Indent)
            Error(line, "this line is indented neither as the field above it nor as one of the structures around it");
        if (FieldParser.Parse(line, out string? error) is not { } field)
        {
            Error(line, error!);
            return;
        }

        level.Structure.Fields.Add(field);
        _lastField = field;
        _lastFieldIndent = line.Indent;
    }

    /// <summary>Deeper lines below a field are the fields of its structure.</summary>
    private void Nest(SchemaLine line, Field field)
    {
        if (field.Primitive is not null)
        {
            Error(line, $"{field.Name} is {field.TypeName}, which has no fields of its own");
            return;
        }

        if (_message!.Find(field.TypeName) is not null)
            Error(line, $"{field.TypeName} has its fields already; name it without repeating them");
        var structure = new Structure(field.TypeName, field.Line);
        _message.Structures.Add(structure);
        _open.Push(new Level(-1, structure));
    }

    private void Error(SchemaLine line, string text) => _file.Errors.Add(new SchemaError(line.Number, text));

    private sealed class Level
    {
        public Level(int fieldIndent, Structure structure)
        {
            FieldIndent = fieldIndent > 0 ? fieldIndent : -1;
            Structure = structure;
        }

        /// <summary>How deep the structure's fields stand; -1 until the first one tells.</summary>
        public int FieldIndent { get; set; }

        public Structure Structure { get; }
    }
}
