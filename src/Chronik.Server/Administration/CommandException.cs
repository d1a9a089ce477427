namespace Chronik.Server.Administration;

/// <summary>A command cannot go on; the message is one sentence for the user.</summary>
internal sealed class CommandException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode => exitCode;
}
