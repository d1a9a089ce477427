using System.CommandLine;

namespace Chronik.Server.Commands;

/// <summary>A command whose help shows how it is used.</summary>
internal sealed class TaughtCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Whole command lines, some with a remark behind a #.</summary>
    public IReadOnlyList<string> Examples => examples;
}
