namespace Chronik.TestKit.Tests;

public sealed class CommandRunnerTests
{
    [Fact]
    public async Task It_passes_input_arguments_and_environment_and_takes_both_outputs()
    {
        var result = await CommandRunner.RunAsync(
            "bash",
            ["-c", "cat; echo \"$1 $NAME\" >&2; exit 3", "-", "two words"],
            input: "given",
            environment: new Dictionary<string, string?> { ["NAME"] = "value" });
        Assert.Equal(("given", "two words value\n", 3), (result.Output, result.Error, result.ExitCode));
        Assert.Throws<InvalidOperationException>(result.Succeeded);
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_killed_and_what_it_said_is_told()
    {
        var hanging = CommandRunner.RunAsync("bash", ["-c", "echo started; exec sleep 60"], timeout: TimeSpan.FromSeconds(1));
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => hanging);
        Assert.Contains("started", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_on_what_never_holds_fails_with_the_condition_in_words()
    {
        var waiting = Eventually.True(() => 1 == 2, within: TimeSpan.FromMilliseconds(20));
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => waiting);
        Assert.Contains("1 == 2", exception.Message, StringComparison.Ordinal);
    }
}
