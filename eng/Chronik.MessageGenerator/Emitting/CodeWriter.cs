using System.Text;

namespace Chronik.MessageGenerator.Emitting;

/// <summary>Indented lines of C#.</summary>
internal sealed class CodeWriter
{
    private const int SpacesForLevel = 4;

    private readonly StringBuilder _code = new();
    private int _level;

    public void Line(string text = "")
    {
        if (text.Length > 0)
            _code.Append(' ', _level * SpacesForLevel).Append(text);
        _code.Append('\n');
    }

    /// <summary>A line that belongs to the condition or loop above it.</summary>
    public void Inner(string text)
    {
        _level++;
        Line(text);
        _level--;
    }

    public void Open(string head)
    {
        if (head.Length > 0)
            Line(head);
        Line("{");
        _level++;
    }

    public void Close()
    {
        _level--;
        Line("}");
    }

    /// <summary>A docstring; what it says is text, not XML.</summary>
    public void Summary(string text)
    {
        string escaped = text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
        Line($"/// <summary>{escaped}</summary>");
    }

    public override string ToString() => _code.ToString();
}
