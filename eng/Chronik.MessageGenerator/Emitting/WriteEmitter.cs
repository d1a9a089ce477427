using System.Collections.Generic;
using System.Linq;
using Chronik.MessageGenerator.Model;

namespace Chronik.MessageGenerator.Emitting;

/// <summary>Writes how a structure is written.</summary>
internal sealed class WriteEmitter
{
    private readonly CodeWriter _code;
    private readonly Scope _scope;
    private readonly List<Field> _tagged;

    public WriteEmitter(CodeWriter code, Scope scope)
    {
        _code = code;
        _scope = scope;
        _tagged = scope.Structure.Fields.Where(field => field.Tag is not null).OrderBy(field => field.Tag).ToList();
    }

    public void Emit()
    {
        bool isRoot = _scope.Structure == _scope.Message.Root;
        if (isRoot)
            _code.Line("/// <inheritdoc/>");
        _code.Open($"{(isRoot ? "public" : "internal")} void Write(KafkaWriter writer, short version)");
        if (isRoot)
            ReadEmitter.EmitVersionCheck(_code, _scope);
        if (_scope.IsSometimesFlexible)
            _code.Line($"bool flexible = {_scope.Flexible};");
        foreach (var field in _scope.Structure.Fields)
            EmitField(field);
        if (_scope.IsEverFlexible)
            EmitTail();
        _code.Close();
        if (_tagged.Count > 0)
            EmitTaggedFields();
    }

    private void EmitField(Field field)
    {
        string? condition = _scope.Condition(field.Versions);
        if (field.Tag is null && condition is null)
        {
            EmitValue(field);
        }
        else if (field.Tag is null)
        {
            _code.Open($"if ({condition})");
            EmitValue(field);
            _code.Close();
        }

        if (condition is null || field.IsIgnorable)
            return;
        _code.Line(field.Tag is null ? $"else if ({FieldCode.IsSet(field)})" : $"if (!({condition}) && {FieldCode.IsSet(field)})");
        _code.Inner($"throw UnsupportedVersionException.ForField({_scope.Quote(field.Name)}, version);");
    }

    private void EmitValue(Field field)
    {
        EmitNullCheck(field);
        if (field.IsArray)
            EmitArray(field);
        else if (field.Primitive is not null)
            _code.Line(PrimitiveCall(field, field.Name));
        else
            EmitStructure(field);
    }

    private void EmitNullCheck(Field field)
    {
        bool canBeNull = field.IsArray || field.IsStructure || field.Primitive is { HasLength: true };
        bool isNullable = field.IsNullable && _scope.Occurs(field.NullVersions);
        string? nullable = isNullable ? _scope.Condition(field.NullVersions.Covers(field.Versions) ? VersionRange.All : field.NullVersions) : "false";
        if (!canBeNull || nullable is null || field.IsOptionalStructure || (field.Primitive == Primitive.Bytes_ && !field.IsArray && !field.IsNullable))
            return;
        string isNull = field.Primitive == Primitive.Records && !field.IsArray ? $"{field.Name}.IsNull" : $"{field.Name} is null";
        _code.Line(isNullable ? $"if ({isNull} && !({nullable}))" : $"if ({isNull})");
        _code.Inner($"throw UnsupportedVersionException.ForNull({_scope.Quote(field.Name)}, version);");
    }

    private void EmitArray(Field field)
    {
        string length = field.IsNullable ? $"{field.Name}?.Count ?? -1" : $"{field.Name}.Count";
        _code.Line($"writer.WriteLength({length}, {_scope.Compact(field)});");
        if (field.IsNullable)
            _code.Open($"if ({field.Name} is not null)");
        _code.Line($"foreach (var item in {field.Name})");
        _code.Inner(field.Primitive is null ? "item.Write(writer, version);" : PrimitiveCall(field, "item"));
        if (field.IsNullable)
            _code.Close();
    }

    private void EmitStructure(Field field)
    {
        if (!field.IsNullable)
        {
            _code.Line($"{field.Name}.Write(writer, version);");
            return;
        }

        string write = $"{field.Name}?.Write(writer, version);";
        string presence = $"writer.WritePresence({field.Name} is not null);";
        string? condition = _scope.Condition(field.NullVersions.Covers(field.Versions) ? VersionRange.All : field.NullVersions);
        if (condition is not null)
        {
            _code.Line($"if ({condition})");
            _code.Inner(presence);
        }
        else
        {
            _code.Line(presence);
        }

        _code.Line(write);
    }

    private string PrimitiveCall(Field field, string value)
    {
        string compact = field.Primitive!.HasLength ? $", {_scope.Compact(field)}" : "";
        return $"writer.Write{field.Primitive.Method}({value}{compact});";
    }

    private void EmitTail()
    {
        string tail = _tagged.Count > 0 ? "WriteTaggedFields(writer, version);" : "writer.WriteUnknownTaggedFields(UnknownTaggedFields);";
        if (!_scope.IsSometimesFlexible)
        {
            _code.Line(tail);
            return;
        }

        _code.Line("if (flexible)");
        _code.Inner(tail);
        _code.Line("else if (UnknownTaggedFields is { Count: > 0 })");
        _code.Inner($"throw UnsupportedVersionException.ForField({_scope.Quote("UnknownTaggedFields")}, version);");
    }

    private void EmitTaggedFields()
    {
        _code.Line();
        _code.Open("private void WriteTaggedFields(KafkaWriter writer, short version)");
        _code.Line("int unknown = 0;");
        _code.Line("uint count = (uint)(UnknownTaggedFields?.Count ?? 0);");
        foreach (var field in _tagged)
        {
            _code.Line($"if ({IsWritten(field)})");
            _code.Inner("count++;");
        }

        _code.Line("writer.WriteUnsignedVarint(count);");
        var flexible = new Structure(_scope.Structure.Name, _scope.Structure.Line)
        {
            Versions = _scope.Structure.Versions.Intersect(_scope.Message.Declaration.Flexible),
        };
        var inner = new WriteEmitter(_code, new Scope(_scope.Message, flexible));
        foreach (var field in _tagged)
        {
            _code.Open($"if ({IsWritten(field)})");
            _code.Line($"writer.WriteUnknownTaggedFields(UnknownTaggedFields, ref unknown, {field.Tag});");
            _code.Line($"int start = writer.BeginTaggedField({field.Tag});");
            inner.EmitValue(field);
            _code.Line("writer.EndTaggedField(start);");
            _code.Close();
        }

        _code.Line("writer.WriteUnknownTaggedFields(UnknownTaggedFields, ref unknown, long.MaxValue);");
        _code.Close();
    }

    private string IsWritten(Field field)
    {
        string? condition = _scope.Condition(field.Versions);
        var flexible = _scope.Structure.Versions.Intersect(_scope.Message.Declaration.Flexible);
        return condition is null || field.Versions.Covers(flexible) ? FieldCode.IsSet(field) : $"{condition} && {FieldCode.IsSet(field)}";
    }
}
