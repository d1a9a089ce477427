using System;
using System.Linq;
using Chronik.MessageGenerator.Model;

namespace Chronik.MessageGenerator.Emitting;

/// <summary>How small a structure can be on the wire, and how large it is in memory: what bounds a declared array length.</summary>
internal static class Sizes
{
    private const int ObjectHeader = 16;
    private const int Reference = 8;
    private const int EmptyList = 32;

    /// <summary>The fewest bytes that an element of the array takes, in the version where it takes fewest.</summary>
    public static int ElementBytesMin(Message message, Field array)
    {
        var versions = message.Declaration.Versions.Intersect(array.Versions);
        int fewest = int.MaxValue;
        for (int version = versions.Low; version <= versions.High; version++)
            fewest = Math.Min(fewest, ElementBytes(message, array, version));
        return Math.Max(1, fewest);
    }

    /// <summary>What an element of the array takes in memory, apart from its strings and the arrays in it.</summary>
    public static int ElementCost(Message message, Field array)
    {
        if (array.Primitive is { } primitive)
            return primitive.Memory;
        return Reference + ObjectCost(message, message.Find(array.TypeName)!);
    }

    private static int ElementBytes(Message message, Field field, int version)
    {
        bool compact = Has(message.Declaration.Flexible, version);
        if (field.Primitive is null)
            return StructureBytes(message, message.Find(field.TypeName)!, version);
        if (!field.Primitive.HasLength)
            return field.Primitive.Bytes;
        int length = field.Primitive == Primitive.String ? sizeof(short) : sizeof(int);
        return compact ? 1 : length;
    }

    private static int StructureBytes(Message message, Structure structure, int version)
    {
        bool flexible = Has(message.Declaration.Flexible, version);
        return structure.Fields.Where(field => field.Tag is null && Has(field.Versions, version)).Sum(FieldBytes) + (flexible ? 1 : 0);

        int FieldBytes(Field field)
        {
            if (field.IsArray)
                return flexible ? 1 : sizeof(int);
            return field.IsStructure && Has(field.NullVersions, version) ? 1 : ElementBytes(message, field, version);
        }
    }

    private static int ObjectCost(Message message, Structure structure)
    {
        int bytes = ObjectHeader + Reference + structure.Fields.Sum(FieldCost);
        return (bytes + 7) / 8 * 8;

        int FieldCost(Field field)
        {
            if (field.IsArray)
                return Reference + (field.DefaultsToNull ? 0 : EmptyList);
            if (field.Primitive is { } primitive)
                return primitive.Memory;
            bool isMadeAtOnce = !field.DefaultsToNull && !field.IsOptionalStructure;
            return Reference + (isMadeAtOnce ? ObjectCost(message, message.Find(field.TypeName)!) : 0);
        }
    }

    private static bool Has(VersionRange range, int version) => range.Low <= version && version <= range.High;
}
