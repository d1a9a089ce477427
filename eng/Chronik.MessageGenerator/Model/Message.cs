using System.Collections.Generic;

namespace Chronik.MessageGenerator.Model;

internal enum MessageKind
{
    Request,
    Response,
    Structure,
}

/// <summary>One class to generate: a request, a response, or a structure that stands alone.</summary>
internal sealed class Message
{
    public Message(string name, MessageKind kind, Declaration declaration, int line)
    {
        Name = name;
        Kind = kind;
        Declaration = declaration;
        Root = new Structure(name, line) { Versions = declaration.Versions };
    }

    public string Name { get; }

    public MessageKind Kind { get; }

    public Declaration Declaration { get; }

    public Structure Root { get; }

    /// <summary>The structures in it, in the order they were declared.</summary>
    public List<Structure> Structures { get; } = new();

    public Structure? Find(string name) => Structures.Find(structure => structure.Name == name);
}
