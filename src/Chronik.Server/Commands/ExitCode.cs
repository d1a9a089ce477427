namespace Chronik.Server.Commands;

/// <summary>What the program's exit code means; the help of the program lists them too.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It was understood but did not work: the server is away, or refused.</summary>
    public const int Failed = 1;

    /// <summary>It was not understood: a wrong option, argument or setting.</summary>
    public const int Misused = 2;
}
