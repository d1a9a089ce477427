using System;
using System.Collections.Generic;

namespace Chronik.MessageGenerator.Parsing;

/// <summary>A line of a schema that says something, with the comment lines above it.</summary>
internal readonly record struct SchemaLine(int Number, int Indent, string Text, string Doc)
{
    private const string Comment = "#";

    /// <summary>Splits a schema; blank lines part a comment from what follows it.</summary>
    public static IEnumerable<SchemaLine> Split(string schema)
    {
        var comment = new List<string>();
        string[] lines = schema.Split('\n');
        for (int number = 0; number < lines.Length; number++)
        {
            string line = lines[number].TrimEnd();
            string text = line.TrimStart(' ');
            if (text.StartsWith(Comment, StringComparison.Ordinal))
            {
                comment.Add(text.Substring(Comment.Length).Trim());
                continue;
            }

            if (text.Length > 0)
                yield return new SchemaLine(number, line.Length - text.Length, text, string.Join(" ", comment));
            comment.Clear();
        }
    }
}
