using System.CommandLine;
using System.Runtime.InteropServices;
using Chronik.Server.Hosting;

namespace Chronik.Server.Commands;

/// <summary><c>version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand("version", "Show the version.", "chronik-server version");
        command.SetAction(_ => context.Output.WriteLine(
            $"chronik-server {ProductVersion.Text} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})"));
        return command;
    }
}
