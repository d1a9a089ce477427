using System.CommandLine;
using Chronik.Server.Output;

namespace Chronik.Server.Commands;

/// <summary><c>-o</c>: tables for people, JSON for programs.</summary>
internal static class FormatOption
{
    public static Option<OutputFormat> AddTo(Command command)
    {
        var option = new Option<OutputFormat>("--output", "-o")
        {
            Description = "table for people, json for programs.",
            HelpName = "table|json",
            DefaultValueFactory = _ => OutputFormat.Table,
        };
        command.Add(option);
        return option;
    }
}
