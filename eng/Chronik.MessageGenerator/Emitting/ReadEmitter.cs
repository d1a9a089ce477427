using System.Linq;
using Chronik.MessageGenerator.Model;

namespace Chronik.MessageGenerator.Emitting;

/// <summary>Writes how a structure is read.</summary>
internal sealed class ReadEmitter
{
    private readonly CodeWriter _code;
    private readonly Scope _scope;
    private readonly bool _hasTags;

    public ReadEmitter(CodeWriter code, Scope scope)
    {
        _code = code;
        _scope = scope;
        _hasTags = scope.Structure.Fields.Any(field => field.Tag is not null);
    }

    public void Emit()
    {
        bool isRoot = _scope.Structure == _scope.Message.Root;
        if (isRoot)
            _code.Line("/// <inheritdoc/>");
        _code.Open($"{(isRoot ? "public" : "internal")} static {_scope.Structure.Name} Read(ref KafkaReader reader, short version)");
        if (isRoot)
            EmitVersionCheck(_code, _scope);
        if (_scope.IsSometimesFlexible)
            _code.Line($"bool flexible = {_scope.Flexible};");
        _code.Line($"var message = new {_scope.Structure.Name}();");
        foreach (var field in _scope.Structure.Fields.Where(field => field.Tag is null && _scope.Occurs(field.Versions)))
            EmitField(field);
        if (_scope.IsEverFlexible)
            EmitTail();
        _code.Line("return message;");
        _code.Close();
        if (_hasTags)
            EmitTaggedFields();
    }

    /// <summary>The first lines of a message's <c>Read</c> and <c>Write</c>.</summary>
    public static void EmitVersionCheck(CodeWriter code, Scope scope)
    {
        code.Line("if (version < LowestVersion || version > HighestVersion)");
        code.Inner($"throw UnsupportedVersionException.ForMessage(nameof({scope.Message.Name}), version);");
    }

    private void EmitField(Field field)
    {
        string? condition = _scope.Condition(field.Versions);
        if (condition is not null)
            _code.Line($"if ({condition})");
        if (field.IsArray)
        {
            _code.Open("");
            EmitArray(field, "message." + field.Name);
            _code.Close();
        }
        else if (condition is not null)
        {
            _code.Inner($"message.{field.Name} = {Value(field)};");
        }
        else
        {
            _code.Line($"message.{field.Name} = {Value(field)};");
        }
    }

    private void EmitArray(Field field, string target)
    {
        string arguments = $"{_scope.Compact(field)}, {Sizes.ElementBytesMin(_scope.Message, field)}, {Sizes.ElementCost(_scope.Message, field)}";
        _code.Line($"int count = {Nullable(field, $"reader.ReadNullableArrayLength({arguments})", $"reader.ReadArrayLength({arguments})")};");
        string items = target;
        if (field.IsNullable)
        {
            items = "items";
            _code.Line($"var items = count < 0 ? null : new {FieldCode.Type(field).TrimEnd('?')}(count);");
        }
        else
        {
            _code.Line($"{target}.EnsureCapacity(count);");
        }

        _code.Line("for (int i = 0; i < count; i++)");
        _code.Inner($"{items}{(field.IsNullable ? "!" : "")}.Add({ElementValue(field)});");
        if (field.IsNullable)
            _code.Line($"{target} = items;");
    }

    private string Value(Field field)
    {
        if (field.Primitive is null)
            return Nullable(field, $"reader.ReadPresence() ? {ElementValue(field)} : null", ElementValue(field));
        if (!field.Primitive.HasLength)
            return ElementValue(field);
        return Nullable(field, $"reader.ReadNullable{field.Primitive.Method}({_scope.Compact(field)})", ElementValue(field));
    }

    private string ElementValue(Field field)
    {
        if (field.Primitive is not { } primitive)
            return $"{_scope.Message.Name}.{field.TypeName}.Read(ref reader, version)";
        return $"reader.Read{primitive.Method}({(primitive.HasLength ? _scope.Compact(field) : "")})";
    }

    /// <summary>One of two expressions, or both where it depends on the version.</summary>
    private string Nullable(Field field, string whenNullable, string whenNot)
    {
        if (!field.IsNullable || !_scope.Occurs(field.NullVersions))
            return whenNot;
        string? condition = _scope.Condition(field.NullVersions.Covers(field.Versions) ? VersionRange.All : field.NullVersions);
        return condition is null ? whenNullable : $"{condition} ? {Parenthesize(whenNullable)} : {whenNot}";
    }

    private static string Parenthesize(string expression) => expression.Contains("?") ? $"({expression})" : expression;

    private void EmitTail()
    {
        string tail = _hasTags
            ? "message.ReadTaggedFields(ref reader, version);"
            : "message.UnknownTaggedFields = reader.ReadUnknownTaggedFields();";
        if (_scope.IsSometimesFlexible)
        {
            _code.Line("if (flexible)");
            _code.Inner(tail);
        }
        else
        {
            _code.Line(tail);
        }
    }

    private void EmitTaggedFields()
    {
        _code.Line();
        _code.Open("private void ReadTaggedFields(ref KafkaReader reader, short version)");
        _code.Line("List<UnknownTaggedField>? unknown = null;");
        _code.Line("int tagCount = reader.ReadTaggedFieldCount();");
        _code.Line("long tag = -1;");
        _code.Open("for (int t = 0; t < tagCount; t++)");
        _code.Line("tag = reader.ReadTag(tag, out int end);");
        _code.Open("switch (tag)");
        foreach (var field in _scope.Structure.Fields.Where(field => field.Tag is not null))
            EmitTaggedField(field);
        _code.Line("default:");
        _code.Inner("reader.ReadUnknownTaggedField(ref unknown, tag, end);");
        _code.Inner("break;");
        _code.Close();
        _code.Close();
        _code.Line();
        _code.Line("UnknownTaggedFields = unknown;");
        _code.Close();
    }

    private void EmitTaggedField(Field field)
    {
        string? condition = _scope.Condition(field.Versions);
        var inFlexible = new VersionRange(_scope.Message.Declaration.Flexible.Low, VersionRange.Open);
        if (field.Versions.Covers(inFlexible.Intersect(_scope.Structure.Versions)))
            condition = null;
        _code.Open($"case {field.Tag}{(condition is null ? "" : " when " + condition)}:");
        var tagged = new ReadEmitter(_code, TaggedScope());
        if (field.IsArray)
            tagged.EmitArray(field, field.Name);
        else
            _code.Line($"{field.Name} = {tagged.Value(field)};");
        _code.Line("reader.EndTaggedField(tag, end);");
        _code.Line("break;");
        _code.Close();
    }

    /// <summary>The same structure, in its flexible versions alone: where its tagged fields are.</summary>
    private Scope TaggedScope()
    {
        var flexible = new Structure(_scope.Structure.Name, _scope.Structure.Line)
        {
            Versions = _scope.Structure.Versions.Intersect(_scope.Message.Declaration.Flexible),
        };
        return new Scope(_scope.Message, flexible);
    }
}
