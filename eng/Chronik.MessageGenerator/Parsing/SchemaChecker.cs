using System.Collections.Generic;
using System.Linq;
using Chronik.MessageGenerator.Model;

namespace Chronik.MessageGenerator.Parsing;

/// <summary>What single lines cannot show: names that clash, versions that do not fit, structures that are nowhere.</summary>
internal sealed class SchemaChecker
{
    private readonly Message _message;
    private readonly List<SchemaError> _errors;

    private SchemaChecker(Message message, List<SchemaError> errors)
    {
        _message = message;
        _errors = errors;
    }

    public static void Check(SchemaFile file)
    {
        foreach (var message in file.Messages)
            new SchemaChecker(message, file.Errors).Check();
    }

    private void Check()
    {
        CheckStructure(_message.Root);
        Reach(_message.Root, new Stack<Structure>());
        foreach (var structure in _message.Structures)
        {
            if (_message.Root.Fields.Any(field => field.Name == structure.Name) || structure.Name == _message.Name)
                Error(structure.Line, $"structure {structure.Name} has the name of a field of {_message.Name}");
            CheckStructure(structure);
        }
    }

    private void CheckStructure(Structure structure)
    {
        foreach (var field in structure.Fields)
        {
            if (structure.Fields.Any(other => other != field && other.Name == field.Name) || field.Name == structure.Name)
                Error(field.Line, $"{field.Name} is declared twice");
            CheckField(field);
        }

        var tags = structure.Fields.Where(field => field.Tag is not null).Select(field => field.Tag!.Value).ToList();
        for (int tag = 0; tag < tags.Count; tag++)
        {
            if (!tags.Contains(tag))
                Error(structure.Line, $"the tags of {structure.Name} must be 0 to {tags.Count - 1}");
        }
    }

    private void CheckField(Field field)
    {
        if (!field.Versions.Covers(field.NullVersions))
            Error(field.Line, $"{field.Name} is null in versions that lack it");
        if (field.IsNullable && !field.IsArray && field.Primitive is { HasLength: false })
            Error(field.Line, $"{field.TypeName} has no null");
        if (field.DefaultsToNull && !field.IsNullable)
            Error(field.Line, $"{field.Name} defaults to null but has no null");
        if (field.Tag is not null && field.Primitive == Primitive.Records)
            Error(field.Line, $"{field.Name} is tagged; records stand in line");
        if (field.Tag is not null && !_message.Declaration.Flexible.Covers(field.Versions.Intersect(_message.Declaration.Versions)))
            Error(field.Line, $"{field.Name} is tagged in versions that are not flexible");
    }

    /// <summary>Finds the versions in which each structure can occur.</summary>
    private void Reach(Structure structure, Stack<Structure> around)
    {
        around.Push(structure);
        foreach (var field in structure.Fields.Where(field => field.Primitive is null))
        {
            if (_message.Find(field.TypeName) is not { } inner)
            {
                Error(field.Line, $"{field.TypeName} is neither a type nor a structure of {_message.Name}");
            }
            else if (around.Contains(inner))
            {
                Error(field.Line, $"{field.TypeName} holds itself");
            }
            else
            {
                inner.Versions = inner.Versions.Hull(structure.Versions.Intersect(field.Versions));
                Reach(inner, around);
            }
        }

        around.Pop();
    }

    private void Error(int line, string text) => _errors.Add(new SchemaError(line, text));
}
