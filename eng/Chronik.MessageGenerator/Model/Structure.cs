using System.Collections.Generic;

namespace Chronik.MessageGenerator.Model;

/// <summary>A message's own fields, or those of a structure in it.</summary>
internal sealed class Structure
{
    public Structure(string name, int line)
    {
        Name = name;
        Line = line;
    }

    public string Name { get; }

    public int Line { get; }

    public List<Field> Fields { get; } = new();

    /// <summary>The versions in which a message can hold it.</summary>
    public VersionRange Versions { get; set; } = VersionRange.None;
}
