using Chronik.TestKit;

namespace Chronik.Server.Tests.Launcher;

/// <summary>
/// A folder that looks like a checkout to the launcher, with a dotnet that "publishes" a shell script in no time and
/// writes down what it was asked.
/// </summary>
internal sealed class FakeCheckout : IDisposable
{
    private const string Dotnet = """
        #!/bin/bash
        here=$(dirname "$0")
        if [[ $1 == --list-sdks ]]; then echo "$(cat "$here/sdk") [$here]"; exit 0; fi
        echo "$*" >> "$here/asked"
        if [[ -e $here/broken ]]; then echo "Program.cs(1,1): error CS1002: ; expected"; exit 1; fi
        if [[ $* == *ReadyToRun* && -e $here/no-readytorun ]]; then echo "error NU1101"; exit 1; fi
        while [[ $1 != -o ]]; do shift; done
        [[ ! -e $here/slow ]] || sleep 0.5
        mkdir -p "$2"
        printf '#!/bin/bash\n%s\n' "$(cat "$here/program")" > "$2/chronik-server"
        chmod +x "$2/chronik-server"
        """;

    private readonly TemporaryFolder _folder = new();

    public FakeCheckout(string program = "echo \"ran $*\"")
    {
        foreach (var folder in new[] { "src/Chronik.Server", "eng", "sdk" })
            Directory.CreateDirectory(PathOf(folder));
        foreach (var file in new[] { "src/Chronik.Server/Program.cs", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json" })
            File.WriteAllText(PathOf(file), "");
        File.WriteAllText(PathOf("sdk/sdk"), "10.0.100");
        File.WriteAllText(PathOf("sdk/program"), program);
        WriteProgram("sdk/dotnet", Dotnet);
        WriteProgram("chronik-server", File.ReadAllText(Repository.PathOf("chronik-server")));
    }

    public string Launcher => PathOf("chronik-server");

    /// <summary>How often something was built; a first try that failed counts.</summary>
    public int Builds => File.Exists(PathOf("sdk/asked")) ? File.ReadAllLines(PathOf("sdk/asked")).Length : 0;

    public string PathOf(string path) => _folder.PathOf(path.Split('/'));

    public void Touch(string path) => File.WriteAllText(PathOf(path), "changed");

    public void WriteProgram(string path, string text)
    {
        File.WriteAllText(PathOf(path), text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(PathOf(path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public Task<CommandResult> RunAsync(params string[] arguments) => RunFromAsync(PathOf("."), Launcher, arguments);

    public Task<CommandResult> RunFromAsync(string folder, string program, params string[] arguments) =>
        CommandRunner.RunAsync(program, arguments, folder: folder, environment: Environment);

    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?> { ["DOTNET_ROOT"] = PathOf("sdk") };

    public void Dispose() => _folder.Dispose();
}
