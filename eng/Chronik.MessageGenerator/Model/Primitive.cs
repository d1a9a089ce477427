using System.Collections.Generic;

namespace Chronik.MessageGenerator.Model;

/// <summary>A type of the wire that is not a structure.</summary>
/// <param name="Name">Its name in a schema.</param>
/// <param name="CSharp">The type of its properties.</param>
/// <param name="Method">What follows <c>Read</c> and <c>Write</c> in the names of the codec's methods.</param>
/// <param name="Bytes">Its length on the wire; 0 where it has a length of its own in front.</param>
/// <param name="Memory">What a property of it takes in an object.</param>
internal sealed record Primitive(string Name, string CSharp, string Method, int Bytes, int Memory)
{
    public static readonly Primitive String = new("string", "string", "String", 0, 8);
    public static readonly Primitive Bytes_ = new("bytes", "global::System.ReadOnlyMemory<byte>", "Bytes", 0, 24);
    public static readonly Primitive Records = new("records", "RecordData", "Records", 0, 32);

    private static readonly Dictionary<string, Primitive> _byName = Index(
        new Primitive("bool", "bool", "Bool", 1, 1),
        new Primitive("int8", "sbyte", "Int8", 1, 1),
        new Primitive("int16", "short", "Int16", 2, 2),
        new Primitive("uint16", "ushort", "UInt16", 2, 2),
        new Primitive("int32", "int", "Int32", 4, 4),
        new Primitive("uint32", "uint", "UInt32", 4, 4),
        new Primitive("int64", "long", "Int64", 8, 8),
        new Primitive("float64", "double", "Float64", 8, 8),
        new Primitive("uuid", "global::System.Guid", "Uuid", 16, 16),
        new Primitive("error", "ErrorCode", "ErrorCode", 2, 2),
        String,
        Bytes_,
        Records);

    public bool IsNumber => Bytes > 0 && Name is not ("bool" or "uuid" or "error");

    public bool HasLength => Bytes == 0;

    public static Primitive? Find(string name) => _byName.TryGetValue(name, out var found) ? found : null;

    private static Dictionary<string, Primitive> Index(params Primitive[] all)
    {
        var byName = new Dictionary<string, Primitive>();
        foreach (var primitive in all)
            byName.Add(primitive.Name, primitive);
        return byName;
    }
}
