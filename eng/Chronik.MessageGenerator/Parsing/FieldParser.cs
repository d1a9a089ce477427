using System;
using System.Globalization;
using System.Linq;
using Chronik.MessageGenerator.Model;

namespace Chronik.MessageGenerator.Parsing;

/// <summary>Reads a field's line: <c>Name: type[]? = default, in 5+, null in 7+, tag 0, ignorable</c>.</summary>
internal static class FieldParser
{
    /// <returns>The field, or null with an error.</returns>
    public static Field? Parse(SchemaLine line, out string? error)
    {
        int colon = line.Text.IndexOf(':');
        string[] clauses = line.Text.Substring(colon + 1).Split(',');
        string[] head = SplitAtEquals(clauses[0]);
        string name = colon < 0 ? "" : line.Text.Substring(0, colon).Trim();
        string type = head[0].Trim();
        bool isNullable = type.EndsWith("?", StringComparison.Ordinal);
        type = isNullable ? type.Substring(0, type.Length - 1) : type;
        bool isArray = type.EndsWith("[]", StringComparison.Ordinal);
        type = isArray ? type.Substring(0, type.Length - 2) : type;
        if (!IsName(name) || !char.IsUpper(name[0]) || !IsName(type))
        {
            error = "a field is declared as: Name: type, Name: type[], Name: type?";
            return null;
        }

        var field = new Field(name, type, isArray, line.Number) { Doc = line.Doc };
        error = ReadDefault(field, head.Length == 2 ? head[1].Trim() : null);
        foreach (string clause in clauses.Skip(1))
            error ??= ReadClause(field, clause.Trim());
        if (isNullable)
            field.NullVersions = field.Versions;
        return error is null ? field : null;
    }

    private static string? ReadClause(Field field, string clause)
    {
        if (clause == "ignorable")
        {
            field.IsIgnorable = true;
            return null;
        }

        if (clause == "never compact")
        {
            field.IsNeverCompact = true;
            return null;
        }

        if (After(clause, "null in ") is { } nullVersions)
            return ReadRange(nullVersions, range => field.NullVersions = range);
        if (After(clause, "in ") is { } versions)
            return ReadRange(versions, range => field.Versions = range);
        if (After(clause, "tag ") is not { } tag)
            return $"'{clause}' is none of: in VERSIONS, null in VERSIONS, tag NUMBER, ignorable, never compact";
        if (!int.TryParse(tag, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return $"'{tag}' is not a tag";
        field.Tag = number;
        return null;
    }

    private static string? ReadRange(string text, Action<VersionRange> accept)
    {
        if (!VersionRange.TryParse(text, out var range))
            return $"'{text}' is not a range of versions: 3, 3+ or 3-7";
        accept(range);
        return null;
    }

    private static string? ReadDefault(Field field, string? value)
    {
        if (value is null)
            return null;
        field.Default = value;
        if (value == "null")
            return null;
        bool good = field.Primitive is { } type && !field.IsArray && (type.IsNumber ? IsNumber(value) : type.Name == "bool" && value is "true" or "false");
        return good ? null : $"'{value}' is not a default for {field.TypeName}";
    }

    private static string[] SplitAtEquals(string text)
    {
        int at = text.IndexOf('=');
        return at < 0 ? [text] : [text.Substring(0, at), text.Substring(at + 1)];
    }

    private static bool IsNumber(string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static string? After(string clause, string word) =>
        clause.StartsWith(word, StringComparison.Ordinal) ? clause.Substring(word.Length).Trim() : null;

    private static bool IsName(string text) => text.Length > 0 && char.IsLetter(text[0]) && text.All(char.IsLetterOrDigit);
}
