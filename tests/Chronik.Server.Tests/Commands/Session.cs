using System.Text.Json;
using Chronik.TestKit;

namespace Chronik.Server.Tests.Commands;

/// <summary>Runs the command line in this process, against a running server.</summary>
internal sealed class Session(ServerProcess server)
{
    public async Task<(int ExitCode, string Text)> OutputAsync(string line, string input = "")
    {
        var answer = await RunAsync(line, input);
        Assert.Equal("", answer.Error);
        return (answer.ExitCode, answer.Output.ReplaceLineEndings("\n"));
    }

    public async Task<(int ExitCode, string Text)> ErrorAsync(string line)
    {
        var answer = await RunAsync(line, "");
        return (answer.ExitCode, answer.Error.ReplaceLineEndings("\n"));
    }

    public async Task<JsonElement> JsonAsync(string line) => JsonDocument.Parse((await OutputAsync($"{line} -o json")).Text).RootElement;

    private Task<Cli.Answer> RunAsync(string line, string input) =>
        Cli.RunAsync(new Dictionary<string, string> { ["CHRONIK_SERVER"] = server.BootstrapServers }, input, line.Split(' '));
}
