using Chronik.Server.Commands;
using Chronik.Storage.IO;

namespace Chronik.Server.Tests.Commands;

/// <summary>Runs the command line in this process.</summary>
internal static class Cli
{
    internal sealed record Answer(int ExitCode, string Output, string Error);

    public static Task<Answer> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), "", arguments);

    /// <summary>With the files of this machine.</summary>
    public static async Task<Answer> RunOnDiskAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var context = new CommandContext(output, error, () => Stream.Null, new Dictionary<string, string>(), new RealFileSystem(), TimeProvider.System);
        return new Answer(await CommandLine.RunAsync(arguments, context), output.ToString(), error.ToString());
    }

    public static async Task<Answer> RunAsync(Dictionary<string, string> environment, string input, params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var context = new CommandContext(
            output, error, () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input)), environment, new InMemoryFileSystem(), TimeProvider.System);
        var exitCode = await CommandLine.RunAsync(arguments, context);
        return new Answer(exitCode, output.ToString(), error.ToString());
    }
}
