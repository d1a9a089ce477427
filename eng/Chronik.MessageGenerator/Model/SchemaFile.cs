using System.Collections.Generic;

namespace Chronik.MessageGenerator.Model;

/// <summary>A schema file, parsed: with errors, or with messages to generate.</summary>
internal sealed class SchemaFile
{
    public List<Message> Messages { get; } = new();

    public List<SchemaError> Errors { get; } = new();
}
