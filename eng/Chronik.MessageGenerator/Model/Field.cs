namespace Chronik.MessageGenerator.Model;

/// <summary>A field of a structure, as its line in the schema says.</summary>
internal sealed class Field
{
    public Field(string name, string typeName, bool isArray, int line)
    {
        Name = name;
        TypeName = typeName;
        IsArray = isArray;
        Line = line;
        Primitive = Model.Primitive.Find(typeName);
    }

    public string Name { get; }

    /// <summary>The name of a primitive, or of a structure of the same message.</summary>
    public string TypeName { get; }

    public bool IsArray { get; }

    /// <summary>Null where the type is a structure.</summary>
    public Primitive? Primitive { get; }

    /// <summary>The line of the schema that declares it, from 0.</summary>
    public int Line { get; }

    public string Doc { get; set; } = "";

    /// <summary>The versions that carry it.</summary>
    public VersionRange Versions { get; set; } = VersionRange.All;

    /// <summary>The versions in which it may be null.</summary>
    public VersionRange NullVersions { get; set; } = VersionRange.None;

    /// <summary>The default as the schema spells it, or null where it is the type's own.</summary>
    public string? Default { get; set; }

    /// <summary>The field's tag, or null where it stands in line.</summary>
    public int? Tag { get; set; }

    /// <summary>Whether a value is dropped silently by versions that lack the field.</summary>
    public bool IsIgnorable { get; set; }

    /// <summary>Whether its length is never compact: the client id of a request header, which brokers read before they know the version.</summary>
    public bool IsNeverCompact { get; set; }

    public bool IsNullable => !NullVersions.IsEmpty;

    public bool DefaultsToNull => Default == "null";

    public bool IsStructure => Primitive is null && !IsArray;

    /// <summary>A structure in a tagged field: a property that is null until it is set, so that absent ones cost nothing.</summary>
    public bool IsOptionalStructure => IsStructure && Tag is not null && !IsNullable;
}
