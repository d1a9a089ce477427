using Spectre.Console;

namespace Chronik.Server.Output;

/// <summary>Writes answers for people.</summary>
internal static class Table
{
    private const int WidthWithoutTerminal = 200;

    /// <summary>Writes rows under headings; nothing but the headings where there are none.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Spectre.Console.Table().Border(TableBorder.None);
        foreach (var heading in headings)
            table.AddColumn(new TableColumn(new Text(heading.ToUpperInvariant(), new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0) });
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isTerminal)
            console.Profile.Width = WidthWithoutTerminal;
        console.Write(table);
    }
}
