using Chronik.MessageGenerator.Model;

namespace Chronik.MessageGenerator.Emitting;

/// <summary>What a field is in C#: its type, its first value, and how to tell that it was set.</summary>
internal static class FieldCode
{
    private const string EmptyBytes = "global::System.ReadOnlyMemory<byte>.Empty";

    public static string Type(Field field)
    {
        string element = ElementType(field);
        string type = field.IsArray ? $"List<{element}>" : element;
        bool hasOwnNull = field.Primitive == Primitive.Records && !field.IsArray;
        return (field.IsNullable && !hasOwnNull) || field.IsOptionalStructure ? type + "?" : type;
    }

    public static string ElementType(Field field) => field.Primitive?.CSharp ?? field.TypeName;

    /// <summary>The initializer of the property; empty where C#'s own default is the field's.</summary>
    public static string Initializer(Field field)
    {
        if (field.DefaultsToNull || field.IsOptionalStructure || field.Default is "0" or "false")
            return "";
        if (field.IsArray)
            return " = [];";
        if (field.Primitive is null)
            return " = new();";
        if (field.Primitive == Primitive.String)
            return " = \"\";";
        if (field.Primitive == Primitive.Bytes_ && field.IsNullable)
            return $" = {EmptyBytes};";
        return field.Default is null ? "" : $" = {field.Default};";
    }

    /// <summary>A C# condition that holds when the field has another value than its default.</summary>
    public static string IsSet(Field field)
    {
        string name = field.Name;
        if (field.Primitive == Primitive.Records && !field.IsArray)
            return $"!{name}.IsNull";
        if (field.DefaultsToNull)
            return $"{name} is not null";
        if (field.IsOptionalStructure)
            return $"{name} is {{ HasOnlyDefaults: false }}";
        if (field.IsArray)
            return $"{name} is not {{ Count: 0 }}";
        return field.Primitive?.Name switch
        {
            null => $"{name} is not {{ HasOnlyDefaults: true }}",
            "string" => $"{name} is not \"\"",
            "bytes" => $"{name} is not {{ IsEmpty: true }}",
            "uuid" => $"{name} != global::System.Guid.Empty",
            "bool" => field.Default == "true" ? $"!{name}" : name,
            _ => $"{name} != {field.Default ?? "0"}",
        };
    }

    /// <summary>What a person needs to know of a field.</summary>
    public static string Doc(Field field, Scope scope)
    {
        string versions = scope.Condition(field.Versions) is null ? "All versions" : $"Versions {field.Versions}";
        string facts = versions;
        if (field.IsNullable)
            facts += scope.Condition(field.NullVersions) is null || field.NullVersions == field.Versions ? "; may be null" : $"; may be null in {field.NullVersions}";
        if (field.Tag is { } tag)
            facts += $"; tag {tag}";
        if (field.Default is { } value && value != "null")
            facts += $"; default {value}";
        if (field.IsIgnorable && scope.Condition(field.Versions) is not null)
            facts += "; ignorable";
        return field.Doc.Length == 0 ? facts + "." : $"{field.Doc} {facts}.";
    }
}
