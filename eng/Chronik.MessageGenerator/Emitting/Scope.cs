using System;
using Chronik.MessageGenerator.Model;

namespace Chronik.MessageGenerator.Emitting;

/// <summary>A structure of a message, and what follows for its code from the versions it can occur in.</summary>
internal sealed class Scope
{
    public Scope(Message message, Structure structure)
    {
        Message = message;
        Structure = structure;
        var flexible = message.Declaration.Flexible;
        Flexible = Condition(flexible) ?? "true";
        if (flexible.Intersect(structure.Versions).IsEmpty)
            Flexible = "false";
        IsSometimesFlexible = Flexible is not ("true" or "false");
    }

    public Message Message { get; }

    public Structure Structure { get; }

    /// <summary>A C# condition that holds in flexible versions, or a constant.</summary>
    public string Flexible { get; }

    public bool IsSometimesFlexible { get; }

    public bool IsEverFlexible => Flexible != "false";

    /// <summary>What codecs of strings, bytes and arrays are told.</summary>
    public string Compact(Field field)
    {
        if (field.IsNeverCompact)
            return "false";
        return IsSometimesFlexible ? "flexible" : Flexible;
    }

    /// <summary>The C# condition that the version is in the range, or null where it always is.</summary>
    public string? Condition(VersionRange range)
    {
        var here = Structure.Versions;
        if (range.Covers(here))
            return null;
        if (range.Low <= here.Low)
            return range.High == here.Low ? $"version == {here.Low}" : $"version <= {range.High}";
        if (range.High >= here.High)
            return range.Low == here.High ? $"version == {here.High}" : $"version >= {range.Low}";
        return range.Low == range.High ? $"version == {range.Low}" : $"version is >= {range.Low} and <= {range.High}";
    }

    /// <summary>The name that errors give to a field.</summary>
    public string Quote(string fieldName)
    {
        string owner = Structure == Message.Root ? Message.Name : $"{Message.Name}.{Structure.Name}";
        return $"\"{owner}.{fieldName}\"";
    }

    /// <summary>Whether the range has any version of the structure.</summary>
    public bool Occurs(VersionRange range) => !range.Intersect(Structure.Versions).IsEmpty;
}
