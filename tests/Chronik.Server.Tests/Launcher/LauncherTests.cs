using System.Diagnostics;
using System.Globalization;
using Chronik.TestKit;

namespace Chronik.Server.Tests.Launcher;

/// <summary>The script in the root of the repository.</summary>
public sealed class LauncherTests
{
    public LauncherTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The launcher is a shell script.");

    [Fact]
    public async Task It_builds_once_and_then_starts_at_once()
    {
        using var checkout = new FakeCheckout();
        var first = await checkout.RunAsync("version");
        var second = await checkout.RunAsync("version");
        Assert.Equal(["ran version\n", "ran version\n"], [first.Output, second.Output]);
        Assert.Equal(["", ""], [first.Error, second.Error]);
        Assert.Equal(1, checkout.Builds);
    }

    [Fact]
    public async Task It_builds_again_when_a_source_changed_came_or_went()
    {
        using var checkout = new FakeCheckout();
        await checkout.RunAsync();
        checkout.Touch("src/Chronik.Server/Program.cs");
        await checkout.RunAsync();
        Assert.Equal(2, checkout.Builds);
        checkout.Touch("src/Chronik.Server/New.cs");
        await checkout.RunAsync();
        Assert.Equal(3, checkout.Builds);
        File.Delete(checkout.PathOf("src/Chronik.Server/New.cs"));
        await checkout.RunAsync();
        Assert.Equal(4, checkout.Builds);
        checkout.Touch("Directory.Packages.props");
        await checkout.RunAsync();
        Assert.Equal(5, checkout.Builds);
    }

    [Fact]
    public async Task It_becomes_the_program()
    {
        using var checkout = new FakeCheckout("echo $$; exit 7");
        await checkout.RunAsync();
        using var process = Process.Start(new ProcessStartInfo(checkout.Launcher) { RedirectStandardOutput = true, Environment = { ["DOTNET_ROOT"] = checkout.PathOf("sdk") } })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(process.Id.ToString(CultureInfo.InvariantCulture), output.Trim());
        Assert.Equal(7, process.ExitCode);
    }

    [Fact]
    public async Task It_works_from_any_folder_and_stays_in_it()
    {
        using var checkout = new FakeCheckout("pwd");
        using var elsewhere = new TemporaryFolder();
        var result = await checkout.RunFromAsync(elsewhere.FullName, checkout.Launcher);
        Assert.Equal(elsewhere.FullName, result.Output.Trim());
    }

    [Fact]
    public async Task It_works_through_a_link()
    {
        using var checkout = new FakeCheckout();
        using var elsewhere = new TemporaryFolder();
        File.CreateSymbolicLink(elsewhere.PathOf("chronik"), checkout.Launcher);
        var result = await checkout.RunFromAsync(elsewhere.FullName, elsewhere.PathOf("chronik"), "a b", "c");
        Assert.Equal("ran a b c\n", result.Output);
    }

    [Fact]
    public async Task Of_several_starts_at_once_one_builds()
    {
        using var checkout = new FakeCheckout();
        checkout.Touch("sdk/slow");
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => checkout.RunAsync("x")));
        Assert.All(results, result => Assert.Equal("ran x\n", result.Output));
        Assert.Equal(1, checkout.Builds);
    }

    [Fact]
    public async Task A_build_that_fails_says_why_and_the_next_start_tries_again()
    {
        using var checkout = new FakeCheckout();
        checkout.Touch("sdk/broken");
        var failed = await checkout.RunAsync();
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("error CS1002", failed.Error, StringComparison.Ordinal);
        Assert.EndsWith("chronik-server: the build failed, see above.\n", failed.Error, StringComparison.Ordinal);
        File.Delete(checkout.PathOf("sdk/broken"));
        Assert.Equal("ran \n", (await checkout.RunAsync()).Output);
    }

    [Fact]
    public async Task Without_the_compiler_of_ReadyToRun_it_builds_plainly()
    {
        using var checkout = new FakeCheckout();
        checkout.Touch("sdk/no-readytorun");
        var result = await checkout.RunAsync("x");
        Assert.Equal("ran x\n", result.Output);
        Assert.Equal(2, checkout.Builds);
    }

    [Fact]
    public async Task Without_the_SDK_it_says_what_to_install()
    {
        using var checkout = new FakeCheckout();
        File.WriteAllText(checkout.PathOf("sdk/sdk"), "8.0.100");
        Directory.CreateDirectory(checkout.PathOf("bin"));
        foreach (var tool in new[] { "bash", "env", "find", "flock", "mkdir", "grep" })
            File.CreateSymbolicLink(checkout.PathOf($"bin/{tool}"), Find(tool));

        // The usual places are taken out, as this machine has an SDK in one of them.
        var script = File.ReadAllLines(Repository.PathOf("chronik-server")).Where(line => !line.Contains("/usr/share/dotnet", StringComparison.Ordinal));
        checkout.WriteProgram("chronik-server", string.Join('\n', script).Replace("\"$HOME/.dotnet/dotnet\" \\", "; do", StringComparison.Ordinal) + '\n');
        var result = await CommandRunner.RunAsync(
            checkout.Launcher,
            [],
            environment: new Dictionary<string, string?>(checkout.Environment) { ["PATH"] = checkout.PathOf("bin") });
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("chronik-server: the .NET SDK 10 is needed to build it, and is not there: install it from https://dotnet.microsoft.com/", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_runs_keeps_its_files_over_a_build()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "Which programs run is read from /proc.");
        using var checkout = new FakeCheckout();

        // A real program rather than a script, whose process is its shell's.
        checkout.WriteProgram("sdk/dotnet", File.ReadAllText(checkout.PathOf("sdk/dotnet")).Replace("printf '#!/bin/bash\\n%s\\n' \"$(cat \"$here/program\")\" >", "cp \"$(command -v sleep)\"", StringComparison.Ordinal));
        using var running = Process.Start(new ProcessStartInfo(checkout.Launcher, ["60"]) { Environment = { ["DOTNET_ROOT"] = checkout.PathOf("sdk") } })!;
        try
        {
            await Eventually.True(() => checkout.Builds == 1 && IsProgram(running.Id, checkout));
            for (var i = 0; i < 2; i++)
            {
                checkout.Touch("src/Chronik.Server/Program.cs");
                await checkout.RunAsync("0");
            }

            // The running one and the newest; the one between is gone.
            Assert.Equal(2, Directory.GetDirectories(checkout.PathOf("artifacts/server"), "build-*").Length);
            Assert.True(File.Exists(new FileInfo($"/proc/{running.Id}/exe").LinkTarget));
        }
        finally
        {
            running.Kill();
        }
    }

    private static bool IsProgram(int id, FakeCheckout checkout) =>
        new FileInfo($"/proc/{id}/exe").LinkTarget?.StartsWith(checkout.PathOf("artifacts"), StringComparison.Ordinal) == true;

    private static string Find(string tool) =>
        new[] { "/usr/bin", "/bin", "/usr/local/bin" }.Select(folder => Path.Combine(folder, tool)).First(File.Exists);
}
