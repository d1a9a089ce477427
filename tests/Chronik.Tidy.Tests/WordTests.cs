using System.Text.RegularExpressions;

namespace Chronik.Tidy.Tests;

/// <summary>What does not belong into the project's files.</summary>
public sealed class WordTests
{
    /// <summary>Each with why; written so that this file itself does not hold them.</summary>
    private static readonly (string Pattern, string Why)[] Words =
    [
        (@"(?<![\w.$}*)])/(?:wor" + @"k|roo" + @"t|hom" + @"e/(?!user\b)\w+)/", "a path of one machine"),
        (@"\b(?:registry\.npm" + @"js|registry\.yarn" + @"pkg|api\.nu" + @"get|py" + @"pi|files\.python" + @"hosted)\.(?:org|com)\b", "a package registry's address"),
        (@"(?i)\b(?:chat" + @"gpt|clau" + @"de|anthro" + @"pic|open" + @"ai|copi" + @"lot)\b", "the name of a tool"),
        (@"\b(?:TO" + @"DO|FIX" + @"ME|XX" + @"X|HA" + @"CK)\b", "something unfinished"),
        (@"\bNotImplemented" + @"Exception\b", "something unfinished"),
    ];

    [Fact]
    public void No_file_holds_a_word_that_does_not_belong()
    {
        var found =
            from file in SourceFile.All
            from word in Words
            from Match match in Regex.Matches(file.Text, word.Pattern)
            select $"{file}:{LineOf(file.Text, match.Index)}: '{match.Value}' is {word.Why}";
        Findings.AssertNone(found);
    }

    private static int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;
}
