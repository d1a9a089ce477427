using System.Collections;
using Chronik.Storage.IO;

namespace Chronik.Server.Commands;

/// <summary>What commands know of the process that they run in.</summary>
/// <param name="Output">Where answers go.</param>
/// <param name="Error">Where everything else goes.</param>
/// <param name="Input">What is typed or piped in.</param>
/// <param name="Environment">The environment variables.</param>
/// <param name="Files">The files.</param>
/// <param name="Time">The clock.</param>
internal sealed record CommandContext(
    TextWriter Output,
    TextWriter Error,
    Func<Stream> Input,
    IReadOnlyDictionary<string, string> Environment,
    IFileSystem Files,
    TimeProvider Time)
{
    /// <summary>The context of this process.</summary>
    public static CommandContext OfProcess() => new(
        Console.Out,
        Console.Error,
        Console.OpenStandardInput,
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal),
        new RealFileSystem(),
        TimeProvider.System);

    /// <summary>Reads a text file; null where there is none.</summary>
    public string? ReadText(string path)
    {
        if (!Files.FileExists(path))
            return null;
        using var file = Files.Open(path, FileOpenKind.Read);
        var bytes = new byte[file.Length];
        var read = file.Read(bytes, 0);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, read);
    }
}
